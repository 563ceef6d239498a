package config

import (
	"cmp"
	"strings"

	"pigrid/shared/values"
)

const exampleHead = `# Settings of pigrid-serve. All are optional. To change one, remove the # in
# front of it, then run: sudo systemctl restart pigrid-serve
# A flag or an environment variable of the same name overrides this file.
`

// Example is a configuration file that sets nothing and explains every setting, in the
// order of --help.
func Example() string {
	var b strings.Builder
	b.WriteString(exampleHead)
	for _, o := range options {
		if o.key == "config" {
			continue
		}
		about := strings.ReplaceAll(o.about, "may be repeated", "a list")
		b.WriteString(values.Example(o.key, about, cmp.Or(o.example, values.TOML(o.value))))
	}
	return b.String()
}
