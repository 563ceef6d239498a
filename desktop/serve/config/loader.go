package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/pflag"

	"pigrid/shared/values"
)

// maxFile bounds what is read of a configuration file, in bytes.
const maxFile = 1 << 20

// Loader collects settings from where they may stand.
type Loader struct {
	cfg   Config
	file  string
	flags *pflag.FlagSet
}

// value is one setting as pflag sees it: the same check serves flags, the environment
// and the file.
type value struct {
	option
	parse parser
}

// String returns the default, for --help.
func (v *value) String() string { return v.value }

// Type returns the word that --help shows for the value.
func (v *value) Type() string { return v.kind }

// Set checks and keeps what was given; a list grows.
func (v *value) Set(s string) error { return v.parse(s) }

// NewLoader defines every setting as a flag, in the order of --help.
func NewLoader(flags *pflag.FlagSet) *Loader {
	flags.SortFlags = false
	l := &Loader{flags: flags}
	for _, o := range options {
		v := &value{o, o.set(l)}
		if o.value != "" {
			if err := v.parse(o.value); err != nil {
				panic(fmt.Sprintf("config: the default of %s: %v", o.key, err)) // a mistake in the table
			}
		}
		flags.Var(v, o.key, o.about)
		if o.kind == "bool" {
			flags.Lookup(o.key).NoOptDefVal = "true"
		}
	}
	return l
}

// Load completes what the flags said from the environment and the file. env is a list of
// NAME=value like [os.Environ]. The error is one sentence that says where the mistake
// stands and what would be right. A Loader loads once.
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
	switch {
	case l.cfg.UserHeader != "" && len(l.cfg.TrustProxy) == 0:
		return Config{}, errors.New("user-header needs trust-proxy: without it, anybody could say that he is logged in")
	case l.cfg.UserHeader != "" && l.cfg.NoPassword:
		return Config{}, errors.New("user-header and no-password exclude each other: where everybody may watch, nobody is logged in")
	}
	return l.cfg, nil
}

// fromEnv takes the settings that are not given yet from the environment. An empty
// variable counts as unset; of two with one name, the first counts.
func (l *Loader) fromEnv(env []string, given map[string]bool) error {
	for _, entry := range env {
		key, text, _ := strings.Cut(entry, "=")
		end, ours := strings.CutPrefix(key, envPrefix)
		if !ours || text == "" {
			continue
		}
		name := strings.ReplaceAll(strings.ToLower(end), "_", "-")
		if !known(name) || end != strings.ToUpper(end) {
			return fmt.Errorf("there is no setting %q; pigrid-serve help flags lists them", key)
		}
		if given[name] {
			continue
		}
		if err := l.flags.Set(name, text); err != nil {
			return fmt.Errorf("the environment variable %s=%s is invalid: %s", key, shown(name, text), reason(err))
		}
		given[name] = true
	}
	return nil
}

// known reports whether there is a setting of this name.
func known(name string) bool {
	return slices.ContainsFunc(options[:], func(o option) bool { return o.key == name })
}

// fromFile takes the settings that are not given yet from the configuration file.
func (l *Loader) fromFile(given map[string]bool) error {
	data, err := read(l.file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !given["config"]:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no configuration file %s; correct --config or %sCONFIG", l.file, envPrefix)
	case err != nil:
		return fmt.Errorf("the configuration file cannot be read, it must be a text file of at most 1 MiB: %w", err)
	}
	if err := l.fromTOML(data, given); err != nil {
		return fmt.Errorf("the configuration file %s is invalid: %w", l.file, err)
	}
	return nil
}

// read returns what a file has. It never reads what has no end.
func read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("%s is not a regular file of that size", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxFile))
}

func (l *Loader) fromTOML(data []byte, given map[string]bool) error {
	data = bytes.TrimPrefix(data, []byte("\uFEFF")) // Windows editors begin files with it
	settings := map[string]any{}
	if err := toml.Unmarshal(data, &settings); err != nil {
		if wrong, ok := errors.AsType[*toml.DecodeError](err); ok {
			row, _ := wrong.Position()
			return fmt.Errorf("line %d is no TOML", row)
		}
		return errors.New("it is no TOML")
	}
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		if !known(key) || key == "config" {
			return fmt.Errorf("there is no setting %q; pigrid-serve help flags lists them", key)
		}
		if given[key] {
			continue
		}
		texts, err := values.Texts(key, settings[key], isList(key))
		if err != nil {
			return err
		}
		for _, text := range texts {
			if err := l.flags.Set(key, text); err != nil {
				return fmt.Errorf("%s = %s: %s", key, shown(key, text), reason(err))
			}
		}
	}
	return nil
}

// shown is a value as errors repeat it.
func shown(key, text string) string {
	if slices.ContainsFunc(options[:], func(o option) bool { return o.key == key && o.secret }) {
		return "(hidden)"
	}
	return strconv.Quote(text)
}

// isList reports whether a setting may be a list in the file.
func isList(key string) bool {
	return slices.ContainsFunc(options[:], func(o option) bool { return o.key == key && o.list })
}

// FlagError says in one sentence what is wrong with the command line. err is what pflag
// said.
func (l *Loader) FlagError(err error) error {
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		name := invalid.GetFlag().Name
		return fmt.Errorf("--%s %s is invalid: %s", name, shown(name, invalid.GetValue()), reason(err))
	}
	return fmt.Errorf("%w; pigrid-serve --help lists all flags", err)
}

// reason drops what pflag says before the sentence that is ours.
func reason(err error) string {
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return invalid.Unwrap().Error()
	}
	return err.Error()
}
