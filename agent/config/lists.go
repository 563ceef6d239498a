package config

import (
	"errors"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

var (
	cameraPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	hostPattern   = regexp.MustCompile(`^[\pL\pN_-]+(\.[\pL\pN_-]+)*$`)
)

// items calls add for everything between commas.
func items(s string, add func(string) error) error {
	for one := range strings.SplitSeq(s, ",") {
		if err := add(strings.TrimSpace(one)); err != nil {
			return err
		}
	}
	return nil
}

func cameras(into *[]string) parser {
	return func(s string) error {
		return items(s, func(id string) error {
			if !cameraPattern.MatchString(id) {
				return errors.New("it must be a camera's id or index like imx708 or 0")
			}
			*into = append(*into, id)
			return nil
		})
	}
}

func hosts(into *[]string) parser {
	return func(s string) error {
		return items(s, func(host string) error {
			host, err := asSent(strings.TrimSuffix(strings.ToLower(host), "."))
			if err != nil || !hostPattern.MatchString(host) {
				return errors.New("it must be a host name without port like cam.example.org")
			}
			*into = append(*into, host)
			return nil
		})
	}
}

// asSent writes a host name as browsers send it: küche.example is
// xn--kche-0ra.example to them.
func asSent(host string) (string, error) {
	if !strings.ContainsFunc(host, func(r rune) bool { return r > unicode.MaxASCII }) {
		return host, nil // also with an underscore, which idna refuses
	}
	return idna.Lookup.ToASCII(host)
}
