package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/google/shlex"
)

// Source is a value of --source.
type Source struct {
	Word     string // "auto"
	Argument string // what follows after a colon, a command; "" is nothing
	About    string // what it is; with an argument, the end of a sentence that begins with it
}

// String is what is typed for it.
func (s Source) String() string {
	if s.Argument == "" {
		return s.Word
	}
	return s.Word + ":" + s.Argument
}

// about explains the sources in one sentence.
func about(sources []Source) string {
	var all []string
	for _, s := range sources {
		text := fmt.Sprintf("`%s` (%s)", s, s.About)
		if s.Argument != "" {
			text = fmt.Sprintf("`%s` %s", s, s.About)
		}
		all = append(all, text)
	}
	return either(all)
}

func source(into *string, sources []Source) parser {
	return func(text string) error {
		word, command, argued := strings.Cut(text, ":")
		var all []string
		for _, s := range sources {
			all = append(all, s.String())
			if s.Word != word || argued != (s.Argument != "") {
				continue
			}
			if argv, err := shlex.Split(command); argued && (err != nil || len(argv) == 0) {
				return fmt.Errorf("%s: must be followed by a command with matching quotes", word)
			}
			*into = text
			return nil
		}
		return errors.New("it must be " + either(all))
	}
}

// either lists words: a, b or c.
func either(words []string) string { return join(words, "or") }

// join lists words: a, b and c.
func join(words []string, last string) string {
	if n := len(words) - 1; n > 0 {
		return strings.Join(words[:n], ", ") + " " + last + " " + words[n]
	}
	return strings.Join(words, "")
}
