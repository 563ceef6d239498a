package values

import (
	"strconv"
	"strings"
)

// exampleWidth is how many columns a line of an example file may take.
const exampleWidth = 79

// Example returns a setting of a configuration file that sets nothing: what it is about
// as a comment, and a line that would set it to value, which is TOML.
func Example(key, about, value string) string {
	var b strings.Builder
	b.WriteString("\n")
	for _, line := range wrap(strings.ToUpper(about[:1])+about[1:]+".", exampleWidth-2) {
		b.WriteString("# " + line + "\n")
	}
	b.WriteString("#" + key + " = " + value + "\n")
	return b.String()
}

// TOML returns what a flag is given as a value of a TOML file.
func TOML(text string) string {
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		return text
	}
	if text == "true" || text == "false" {
		return text
	}
	return strconv.Quote(text)
}

// wrap breaks text at blanks into lines of at most width columns.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
