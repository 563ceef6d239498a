package config

import (
	"fmt"
	"strconv"
	"strings"
)

const exampleHead = `# Settings of pigrid-agent. All are optional. To change one, remove the # in
# front of it, then run: sudo systemctl restart pigrid-agent
# A flag or an environment variable of the same name overrides this file.
`

const exampleTail = `
# A table applies to one camera only, by the id that pigrid-agent status shows.
#[cameras.imx708]
#name = "Bird house"
#width = 1280
#height = 720
#framerate = 10
`

// exampleWidth is how many columns a line of the file may take.
const exampleWidth = 79

// Example is a configuration file that sets nothing and explains every setting,
// in the order of --help.
func (l *Loader) Example() string {
	var b strings.Builder
	b.WriteString(exampleHead)
	for _, o := range l.options {
		if o.key == "config" {
			continue
		}
		text := plainText(o.explanation("a list", ""))
		b.WriteString("\n")
		for _, line := range wrap(strings.ToUpper(text[:1])+text[1:]+".", exampleWidth-2) {
			b.WriteString("# " + line + "\n")
		}
		fmt.Fprintf(&b, "#%s = %s\n", o.key, o.inFile())
	}
	b.WriteString(exampleTail)
	return b.String()
}

// inFile is the default as TOML, or an example where there is none.
func (o option) inFile() string {
	if o.example != "" {
		return o.example
	}
	if _, err := strconv.ParseFloat(o.value, 64); err == nil {
		return o.value
	}
	if _, err := strconv.ParseBool(o.value); err == nil {
		return o.value
	}
	return strconv.Quote(o.value)
}

// Table is the table of all settings in README, in Markdown.
func (l *Loader) Table() string {
	var b strings.Builder
	b.WriteString("| flag | default | what it does |\n| --- | --- | --- |\n")
	var own []string
	for _, o := range l.options {
		typed, value := o.key, o.without
		if o.kind != "bool" {
			typed += " " + o.kind
		}
		if o.value != "" {
			value = "`" + o.value + "`"
		}
		o.without = ""
		what := o.explanation("may be repeated", o.command)
		if o.readme != "" {
			what += ". " + o.readme
		}
		fmt.Fprintf(&b, "| `--%s` | %s | %s |\n", typed, value, what)
		if o.camera != nil {
			own = append(own, "`"+o.key+"`")
		}
	}
	return b.String() + "\nOf these, " + join(own, "and") + " can be set for one camera alone.\n"
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
