package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"
)

// FlagError says in one sentence what is wrong with the command line. err is
// what pflag said.
func (l *Loader) FlagError(err error) error {
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		return l.unknownFlag(unknown)
	}
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return fmt.Errorf("--%s %q is invalid: %s", invalid.GetFlag().Name, invalid.GetValue(), reason(err))
	}
	if missing, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return fmt.Errorf("--%s needs a value; pigrid-agent --help says which", missing.GetFlag().Name)
	}
	return fmt.Errorf("%w; pigrid-agent --help lists all flags", err)
}

func (l *Loader) unknownFlag(err *pflag.NotExistError) error {
	// Behind a single dash every letter is a flag of its own to pflag.
	if letters, _, _ := strings.Cut(err.GetSpecifiedShortnames(), "="); letters != "" {
		if name := l.twoDashes(letters); name != "" {
			return fmt.Errorf("there is no flag %q; did you mean --%s, with two dashes?", "-"+name, name)
		}
		return fmt.Errorf("there is no flag %q; pigrid-agent --help lists them", "-"+err.GetSpecifiedName())
	}
	name := err.GetSpecifiedName()
	if hint := didYouMean(name, "--", l.names()); hint != "" {
		return fmt.Errorf("there is no flag %q%s", "--"+name, hint)
	}
	return fmt.Errorf("there is no flag %q; pigrid-agent --help lists them", "--"+name)
}

// twoDashes returns the flag that was meant by letters behind a single dash, ""
// when there is none. -h and -v are flags: of -help pflag complains about "elp".
func (l *Loader) twoDashes(letters string) string {
	for _, name := range append(l.names(), "help", "version") {
		if name == letters || strings.ContainsAny(name[:1], "hv") && name[1:] == letters {
			return name
		}
	}
	return ""
}
