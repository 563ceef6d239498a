package config

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"
)

// Loader collects settings from where they may stand.
type Loader struct {
	cfg     Config
	file    string
	flags   *pflag.FlagSet
	options []option
}

// NewLoader defines every setting as a flag of fs, in the order of --help. sources
// are the values that --source may have.
func NewLoader(fs *pflag.FlagSet, sources []Source) *Loader {
	fs.SortFlags = false
	l := &Loader{flags: fs, options: options(sources)}
	for _, o := range l.options {
		v := &value{option: o, set: l.parser(o)}
		if o.value != "" {
			if err := v.set(o.value); err != nil {
				panic(fmt.Sprintf("config: the default of %s: %v", o.key, err)) // a mistake in the table
			}
		}
		fs.Var(v, o.key, o.usage())
		if o.kind == "bool" {
			fs.Lookup(o.key).NoOptDefVal = "true"
		}
	}
	return l
}

// parser checks a setting and keeps it for the whole agent.
func (l *Loader) parser(o option) parser {
	if o.set == nil {
		return o.camera(&l.cfg.Camera)
	}
	return o.set(l)
}

// Short are the flags that --help shows.
func (l *Loader) Short() (names []string) {
	for _, o := range l.options {
		if o.short {
			names = append(names, o.key)
		}
	}
	return names
}

// usage is what --help says of a setting; pflag adds a default that has a value.
func (o option) usage() string {
	return plainText(o.explanation("may be repeated", o.command))
}

// explanation is what a setting does: with a word for lists, and more.
func (o option) explanation(list, more string) string {
	parts := []string{o.about}
	if o.list {
		parts = append(parts, list)
	}
	if more != "" {
		parts = append(parts, more)
	}
	text := strings.Join(parts, "; ")
	if o.without != "" {
		text += " (default " + o.without + ")"
	}
	return text
}

// plainText is a text of the table without the marks of what is typed.
func plainText(text string) string { return strings.ReplaceAll(text, "`", "") }
