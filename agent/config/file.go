package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"pigrid/agent/smallfile"
	"pigrid/shared/values"
)

// maxFile bounds what is read of a configuration file, in bytes.
const maxFile = 1 << 20

// fromFile takes the settings that are not given yet from the configuration file.
func (l *Loader) fromFile(given map[string]bool) error {
	data, err := smallfile.Read(l.file, maxFile)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !given["config"]:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no configuration file %s; correct --config or PIGRID_CONFIG", l.file)
	case err != nil:
		return fmt.Errorf("the configuration file cannot be read, it must be a text file of at most 1 MiB: %w", err)
	}
	return l.fromTOML(data, given)
}

func (l *Loader) fromTOML(data []byte, given map[string]bool) error {
	data = bytes.TrimPrefix(data, []byte("\uFEFF")) // Windows editors begin files with it
	settings := map[string]any{}
	if err := toml.Unmarshal(data, &settings); err != nil {
		return fmt.Errorf("the configuration file %s is not valid TOML%s", l.file, position(err))
	}
	own, tables := settings["cameras"]
	delete(settings, "cameras")
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		if err := l.fromKey(key, settings[key], given); err != nil {
			return fmt.Errorf("the configuration file %s is invalid: %w", l.file, err)
		}
	}
	if !tables {
		return nil
	}
	if err := l.perCamera(own); err != nil { // last: they change what every camera is asked for
		return fmt.Errorf("the configuration file %s is invalid: %w", l.file, err)
	}
	return nil
}

func (l *Loader) fromKey(key string, v any, given map[string]bool) error {
	setting := l.setting(key)
	if setting == nil || key == "config" {
		return l.unknownKey(key)
	}
	if table, ok := v.(map[string]any); ok && key == "camera" {
		return fmt.Errorf("camera must be a list of ids, not a table; did you mean [cameras.%s]?", oneCamera(table))
	}
	if given[key] {
		return nil
	}
	texts, err := values.Texts(key, v, setting.list)
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

func (l *Loader) unknownKey(key string) error {
	if key == "config" {
		return errors.New(`there is no setting "config" in the file itself; give --config or PIGRID_CONFIG`)
	}
	known := slices.DeleteFunc(l.names(), func(name string) bool { return name == "config" })
	if hint := didYouMean(key, "", append(known, "cameras")); hint != "" {
		return fmt.Errorf("there is no setting %q%s", key, hint)
	}
	return fmt.Errorf("there is no setting %q; pigrid-agent --help lists them", key)
}

// oneCamera returns the id that a table speaks of, or one as an example.
func oneCamera(table map[string]any) string {
	for _, id := range slices.Sorted(maps.Keys(table)) {
		if _, ok := table[id].(map[string]any); ok && cameraPattern.MatchString(id) {
			return id
		}
	}
	return "imx708"
}

// perCamera reads the tables [cameras.ID].
func (l *Loader) perCamera(v any) error {
	tables, ok := v.(map[string]any)
	if !ok {
		return errors.New("cameras must be tables like [cameras.imx708]; to choose cameras write camera = [\"imx708\"]")
	}
	l.cfg.PerCamera = map[string]Camera{}
	for _, id := range slices.Sorted(maps.Keys(tables)) {
		table, ok := tables[id].(map[string]any)
		if !ok || !cameraPattern.MatchString(id) {
			return fmt.Errorf("cameras.%q must be a table with a camera's id like [cameras.imx708]", id)
		}
		c := l.cfg.Camera
		for _, key := range slices.Sorted(maps.Keys(table)) {
			if err := l.forCamera(&c, key, table[key]); err != nil {
				return fmt.Errorf("[cameras.%s] %w", id, err)
			}
		}
		l.cfg.PerCamera[id] = c
	}
	return nil
}

// forCamera takes a setting of one camera.
func (l *Loader) forCamera(c *Camera, key string, v any) error {
	var known []string
	var set parser
	for _, o := range l.options {
		if o.camera == nil {
			continue
		}
		if known = append(known, o.key); o.key == key {
			set = o.camera(c)
		}
	}
	if set == nil {
		return fmt.Errorf("has no setting %q; there are %s", key, join(known, "and"))
	}
	texts, err := values.Texts(key, v, false)
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

// position says where a TOML mistake stands.
func position(err error) string {
	bad, ok := errors.AsType[*toml.DecodeError](err)
	if !ok {
		return ": " + strings.TrimPrefix(err.Error(), "toml: ")
	}
	what := strings.TrimPrefix(bad.Error(), "toml: ")
	// The reader guesses from a first letter: it takes no for a nan that is cut off.
	if strings.HasPrefix(what, "expected keyword") || strings.HasSuffix(what, "at start of value") {
		what = "a value must be a text in quotes, a number, or true or false"
	}
	row, column := bad.Position()
	return fmt.Sprintf(" in line %d, column %d: %s", row, column, what)
}
