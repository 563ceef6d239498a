package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	minSide, maxSide = 16, 16384 // pixels
	maxFramerate     = 1000
	maxNameBytes     = 100
	maxShutter       = 100 * time.Second
)

var (
	modePattern  = regexp.MustCompile(`^(auto|[1-9]\d{1,4}:[1-9]\d{1,4}(:\d{1,2}(:[PU])?)?)$`)
	ifacePattern = regexp.MustCompile(`^[!-.0-~]{1,15}$`)
)

func framerate(into *float64) parser {
	return func(s string) error {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil || !(f >= 0.01 && f <= maxFramerate) { // so that NaN is refused, too
			return fmt.Errorf("it must be a number from 0.01 to %d", maxFramerate)
		}
		*into = f
		return nil
	}
}

func pattern(into *string, re *regexp.Regexp, want string) parser {
	return func(s string) error {
		if !re.MatchString(s) {
			return errors.New("it must be " + want)
		}
		*into = s
		return nil
	}
}

func mode(into *string) parser {
	return pattern(into, modePattern, "a sensor mode like 1640:1232:10, or auto")
}

func networkInterface(into *string) parser {
	return pattern(into, ifacePattern, "the name of a network interface like eth0")
}

func name(into *string) parser {
	return func(s string) error {
		s = strings.TrimSpace(s)
		if s == "" || len(s) > maxNameBytes || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
			return fmt.Errorf("it must be 1 to %d bytes of UTF-8 text without control characters", maxNameBytes)
		}
		*into = s
		return nil
	}
}

func listen(into *string) parser {
	return func(s string) error {
		host, port, err := net.SplitHostPort(s)
		if err == nil {
			_, err = strconv.ParseUint(port, 10, 16)
		}
		if err != nil || !hostOrAddr(host) {
			return errors.New("it must be an address and a port like :8080 or 127.0.0.1:8080")
		}
		*into = s
		return nil
	}
}

func hostOrAddr(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil || host == "" || hostPattern.MatchString(host)
}

func idle(into *time.Duration) parser {
	return func(s string) error {
		if s == "never" {
			*into = -1
			return nil
		}
		d, err := time.ParseDuration(s)
		if err != nil || d < 0 {
			return errors.New("it must be a time like 30s or 5m, or never")
		}
		*into = d
		return nil
	}
}

// shutter reads an exposure time; 0 is automatic.
func shutter(into *time.Duration) parser {
	return func(s string) error {
		if s == "auto" {
			*into = 0
			return nil
		}
		d, err := time.ParseDuration(s)
		if err != nil || d < time.Microsecond || d > maxShutter {
			return fmt.Errorf("it must be a time from 1us to %.0fs like 5ms, or auto", maxShutter.Seconds())
		}
		*into = d
		return nil
	}
}

// noFile is what --post-process-file is for none.
const noFile = "none"

// postProcess reads the path of a file that is there: rpicam-vid would end at
// each start otherwise.
func postProcess(into *string) parser {
	return func(s string) error {
		if s == noFile {
			*into = ""
			return nil
		}
		info, err := os.Stat(s)
		if !filepath.IsAbs(s) || err != nil || !info.Mode().IsRegular() {
			return errors.New("it must be the absolute path of an existing file, like /usr/share/rpi-camera-assets/imx500_mobilenet_ssd.json, or none")
		}
		*into = s
		return nil
	}
}

func path(into *string, want string) parser {
	return func(s string) error {
		if s == "" || strings.ContainsRune(s, 0) {
			return errors.New("it must be the path of a " + want)
		}
		if strings.HasPrefix(s, "~") {
			return errors.New("it must be written without ~, which only a shell replaces")
		}
		*into = s
		return nil
	}
}
