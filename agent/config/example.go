package config

import (
	"fmt"
	"strings"

	"pigrid/shared/values"
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
		b.WriteString(values.Example(o.key, text, o.inFile()))
	}
	b.WriteString(exampleTail)
	return b.String()
}

// inFile is the default as TOML, or an example where there is none.
func (o option) inFile() string {
	if o.example != "" {
		return o.example
	}
	return values.TOML(o.value)
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
