package config

import (
	"errors"

	"github.com/spf13/pflag"
)

// Load completes what the flags said from the environment and the file. env is
// a list of NAME=value like [os.Environ]. The error is one sentence that says
// where the mistake stands and what would be right. A Loader loads once.
func (l *Loader) Load(env []string) (Config, error) {
	given := map[string]bool{}
	// Not Visit: cobra parses into a set of its own that shares these flags.
	l.flags.VisitAll(func(f *pflag.Flag) { given[f.Name] = f.Changed })
	if err := l.fromEnv(env, given); err != nil {
		return Config{}, err
	}
	if err := l.fromFile(given); err != nil {
		return Config{}, err
	}
	l.cfg.ListenGiven = given["listen"]
	return l.cfg, nil
}

// names lists every setting.
func (l *Loader) names() []string {
	var names []string
	l.flags.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

// setting returns what is known of a setting, nil if there is none of this name.
func (l *Loader) setting(name string) *value {
	if f := l.flags.Lookup(name); f != nil {
		v, _ := f.Value.(*value)
		return v
	}
	return nil
}

// reason drops what pflag says before the sentence that is ours.
func reason(err error) string {
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return invalid.Unwrap().Error()
	}
	return err.Error()
}
