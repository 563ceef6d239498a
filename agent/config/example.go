package config

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

const exampleHead = `# Settings of pigrid-agent. None is needed: remove the # in front of a line to
# change it, then run: sudo systemctl restart pigrid-agent
# A flag or an environment variable of the same name wins over this file.
`

const exampleTail = `
# A table is for one camera only, by the id that the agent's page shows.
#[cameras.imx708]
#name = "Bird house"
#width = 1280
#height = 720
#framerate = 10
`

// examples stand in the file where a setting has no default to show.
var examples = map[string]string{
	"camera":         `["imx708"]`,
	"width":          "640",
	"height":         "480",
	"quality":        "80",
	"mode":           `"auto"`,
	"name":           `"Garden"`,
	"state-dir":      `"/var/lib/pigrid"`,
	"allow-host":     `["cameras.example.org"]`,
	"allow-origin":   `["http://dashboard.lan:3000"]`,
	"allow-from":     `["203.0.113.0/24"]`,
	"mdns-interface": `"eth0"`,
}

// exampleWidth is how many columns a line of the file may take.
const exampleWidth = 79

// Example is a configuration file that sets nothing and explains every setting,
// in the order of --help.
func (l *Loader) Example() string {
	var b strings.Builder
	b.WriteString(exampleHead)
	l.flags.VisitAll(func(f *pflag.Flag) {
		v, ours := f.Value.(*value)
		if !ours || f.Name == "config" {
			return
		}
		b.WriteString("\n")
		for _, line := range wrap(explanation(f.Name, f.Usage), exampleWidth-2) {
			b.WriteString("# " + line + "\n")
		}
		fmt.Fprintf(&b, "#%s = %s\n", f.Name, exampleValue(f.Name, v))
	})
	b.WriteString(exampleTail)
	return b.String()
}

// explanation is what --help says, where it says something of the command line,
// as it is in the file.
func explanation(flag, usage string) string {
	if flag == "mdns" {
		usage, _, _ = strings.Cut(usage, ";")
	}
	usage = strings.ReplaceAll(usage, "; may be repeated", "; a list")
	return strings.ToUpper(usage[:1]) + usage[1:] + "."
}

// exampleValue is the default as TOML, or an example where there is none.
func exampleValue(flag string, v *value) string {
	if text, ok := examples[flag]; ok {
		return text
	}
	if _, err := strconv.ParseFloat(v.text, 64); err == nil {
		return v.text
	}
	if _, err := strconv.ParseBool(v.text); err == nil {
		return v.text
	}
	return strconv.Quote(v.text)
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
