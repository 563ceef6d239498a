package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/pflag"
)

const (
	envPrefix = "PIGRID_"
	// maxFile bounds what is read of a configuration file, in bytes.
	maxFile = 1 << 20
)

// Load completes what the flags said from the environment and the file. env is
// a list of NAME=value like [os.Environ]. The error is one sentence that says
// where the mistake stands and what would be right.
func (l *Loader) Load(env []string) (Config, error) {
	given := map[string]bool{}
	l.flags.Visit(func(f *pflag.Flag) { given[f.Name] = true })
	if err := l.fromEnv(env, given); err != nil {
		return Config{}, err
	}
	if err := l.fromFile(given); err != nil {
		return Config{}, err
	}
	l.cfg.ListenGiven = given["listen"]
	return l.cfg, nil
}

// fromEnv takes PIGRID_ + the flag's name in capitals.
func (l *Loader) fromEnv(env []string, given map[string]bool) error {
	for _, entry := range env {
		key, text, _ := strings.Cut(entry, "=")
		flag, ours := strings.CutPrefix(key, envPrefix)
		if !ours || text == "" {
			continue
		}
		flag = strings.ReplaceAll(strings.ToLower(flag), "_", "-")
		if l.flags.Lookup(flag) == nil || given[flag] {
			continue // other programs of ours read variables, too
		}
		if err := l.flags.Set(flag, text); err != nil {
			return fmt.Errorf("the environment variable %s=%q is not right: %s", key, text, reason(err))
		}
		given[flag] = true
	}
	return nil
}

// fromFile takes the settings of the configuration file that are not given yet.
func (l *Loader) fromFile(given map[string]bool) error {
	data, err := readFile(l.file)
	if errors.Is(err, fs.ErrNotExist) && !given["config"] {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the configuration file cannot be read: %w", err)
	}
	settings := map[string]any{}
	if err := toml.Unmarshal(data, &settings); err != nil {
		return fmt.Errorf("the configuration file %s is not valid TOML%s", l.file, position(err))
	}
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		if key == "cameras" {
			err = l.perCamera(settings[key])
		} else {
			err = l.fromKey(key, settings[key], given)
		}
		if err != nil {
			return fmt.Errorf("the configuration file %s is not right: %w", l.file, err)
		}
	}
	return nil
}

func (l *Loader) fromKey(key string, v any, given map[string]bool) error {
	f := l.flags.Lookup(key)
	if f == nil || key == "config" || key == "help" {
		return fmt.Errorf("there is no setting %q; `pigrid-agent --help` lists them", key)
	}
	if given[key] {
		return nil
	}
	texts, err := plain(key, v)
	if err != nil {
		return err
	}
	for _, text := range texts {
		if err := l.flags.Set(key, text); err != nil {
			return fmt.Errorf("%s = %q: %s", key, text, reason(err))
		}
	}
	given[key] = true
	return nil
}

// perCamera reads the tables [cameras.ID].
func (l *Loader) perCamera(v any) error {
	tables, ok := v.(map[string]any)
	if !ok {
		return errors.New("cameras must be tables like [cameras.imx708]")
	}
	l.cfg.PerCamera = map[string]Camera{}
	for _, id := range slices.Sorted(maps.Keys(tables)) {
		table, ok := tables[id].(map[string]any)
		if !ok || !cameraPattern.MatchString(id) {
			return fmt.Errorf("cameras.%s must be a table like [cameras.imx708]", id)
		}
		var c Camera
		for _, key := range slices.Sorted(maps.Keys(table)) {
			if err := c.fromKey(key, table[key]); err != nil {
				return fmt.Errorf("[cameras.%s] %w", id, err)
			}
		}
		l.cfg.PerCamera[id] = c
	}
	return nil
}

func (c *Camera) fromKey(key string, v any) error {
	set := map[string]func(string) error{
		"name":      name(&c.Name),
		"width":     integer(&c.Width, minSide, maxSide),
		"height":    integer(&c.Height, minSide, maxSide),
		"framerate": framerate(&c.Framerate),
		"quality":   integer(&c.Quality, 1, 100),
		"mode":      pattern(&c.Mode, modePattern, "a sensor mode like 1640:1232:10, or auto"),
	}[key]
	if set == nil {
		return fmt.Errorf("has no setting %q; there are name, width, height, framerate, quality and mode", key)
	}
	texts, err := plain(key, v)
	if err != nil {
		return err
	}
	for _, text := range texts {
		if err := set(text); err != nil {
			return fmt.Errorf("%s = %q: %w", key, text, err)
		}
	}
	return nil
}

// plain turns a TOML value into what a flag would be given.
func plain(key string, v any) ([]string, error) {
	switch v := v.(type) {
	case string, int64, float64, bool:
		return []string{fmt.Sprint(v)}, nil
	case []any:
		var texts []string
		for _, one := range v {
			text, err := plain(key, one)
			if err != nil || len(text) != 1 {
				return nil, fmt.Errorf("%s must be a list of plain values", key)
			}
			texts = append(texts, text[0])
		}
		return texts, nil
	}
	return nil, fmt.Errorf("%s must be a text, a number or a list", key)
}

// reason drops what pflag says before the sentence that is ours.
func reason(err error) string {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		return invalid.Unwrap().Error()
	}
	return err.Error()
}

// position says where a TOML mistake stands.
func position(err error) string {
	var bad *toml.DecodeError
	if !errors.As(err, &bad) {
		return ": " + err.Error()
	}
	row, column := bad.Position()
	return fmt.Sprintf(" in line %d, column %d: %s", row, column, strings.TrimPrefix(bad.Error(), "toml: "))
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("%s is not a text file of at most 1 MiB", path)
	}
	return os.ReadFile(path)
}
