// Package values reads the values of a program's settings: the same check serves its
// flags, its environment and its file.
package values

import (
	"errors"
	"fmt"
	"log/slog"
	"strconv"
)

// Parser checks a value and keeps it. Its error completes "is invalid: ".
type Parser = func(text string) error

// Boolean reads true or false, as [strconv.ParseBool] does.
func Boolean(into *bool) Parser {
	return func(s string) error {
		b, err := strconv.ParseBool(s)
		if err != nil {
			return errors.New("it must be true or false")
		}
		*into = b
		return nil
	}
}

// Integer reads a whole number from low to high.
func Integer(into *int, low, high int) Parser {
	return func(s string) error {
		n, err := strconv.Atoi(s)
		if err != nil || n < low || n > high {
			return fmt.Errorf("it must be a whole number from %d to %d", low, high)
		}
		*into = n
		return nil
	}
}

// Level reads the least level that is logged.
func Level(into *slog.Level) Parser {
	return func(s string) error {
		if into.UnmarshalText([]byte(s)) != nil {
			return errors.New("it must be debug, info, warn or error")
		}
		return nil
	}
}

// LogFormat reads whether the log is JSON.
func LogFormat(into *bool) Parser {
	return func(s string) error {
		if s != "text" && s != "json" {
			return errors.New("it must be text or json")
		}
		*into = s == "json"
		return nil
	}
}

// Texts turns a value of a TOML file into what a flag would be given, one text for each
// element of a list.
func Texts(key string, v any, list bool) ([]string, error) {
	many, isList := v.([]any)
	switch {
	case !isList:
		many = []any{v}
	case !list:
		return nil, fmt.Errorf("%s must be one value, not a list", key)
	}
	var texts []string
	for _, one := range many {
		switch one.(type) {
		case string, int64, float64, bool:
			texts = append(texts, fmt.Sprint(one))
		default:
			return nil, fmt.Errorf("%s must be a text, a number, or true or false", key)
		}
	}
	return texts, nil
}
