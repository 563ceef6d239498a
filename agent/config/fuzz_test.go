package config

import (
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/pflag"
)

// FuzzFile: whatever stands in the file, the answer is a valid Config or one
// line of text.
func FuzzFile(f *testing.F) {
	f.Add([]byte("width = 800\n[cameras.imx708]\nname = 'x'"))
	for _, extreme := range []string{"width = 1", "height = 99999", "framerate = 0.0001", "quality = 101"} {
		f.Add([]byte(extreme))
		f.Add([]byte("[cameras.imx708]\n" + extreme))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		l := NewLoader(pflag.NewFlagSet("", pflag.ContinueOnError), sources())
		if err := l.fromTOML(data, map[string]bool{}); err != nil {
			oneLine(t, err)
			return
		}
		valid(t, l.cfg)
		for id := range l.cfg.PerCamera {
			c := l.cfg
			c.Camera = c.For(id)
			valid(t, c)
		}
	})
}

// FuzzEnv: the same for the environment, and with it for flags, which are
// checked by the same functions.
func FuzzEnv(f *testing.F) {
	for name, s := range settings {
		f.Add(variable(name), s.env)
	}
	for _, odd := range []string{"http://*", "http://[::ffff:1.2.3.4]:080", "http://pi.:0"} {
		f.Add(variable("allow-origin"), odd)
	}
	for _, odd := range []string{"fe80::%eth0/64", "::ffff:8.8.8.8/95", "ff02::1%a/8", "0.0.0.0"} {
		f.Add(variable("allow-from"), odd)
	}
	f.Fuzz(func(t *testing.T, key, text string) {
		l := NewLoader(pflag.NewFlagSet("", pflag.ContinueOnError), sources())
		if err := l.fromEnv([]string{key + "=" + text}, map[string]bool{}); err != nil {
			oneLine(t, err)
			return
		}
		valid(t, l.cfg)
	})
}

func oneLine(t *testing.T, err error) {
	t.Helper()
	for _, r := range err.Error() {
		if unicode.IsControl(r) {
			t.Fatalf("control character in %q", err)
		}
	}
}

// valid checks what the rest of the program relies on.
func valid(t *testing.T, c Config) {
	t.Helper()
	switch cam := c.Camera; {
	case cam.Width != 0 && (cam.Width < 16 || cam.Width > 16384), cam.Height != 0 && (cam.Height < 16 || cam.Height > 16384),
		!(cam.Framerate >= 0.01 && cam.Framerate <= 1000),
		cam.Quality < 0 || cam.Quality > 100,
		c.MaxViewers < 1,
		c.IdleTimeout < -1,
		!utf8.ValidString(c.Name) || len(c.Name) > 100 || len(cam.Name) > 100:
		t.Fatalf("not valid: %+v", c)
	}
	for _, p := range c.AllowFrom {
		if !p.IsValid() || p != p.Masked() || p.Addr().Is4In6() || p.Addr().Zone() != "" || p.Addr().IsMulticast() {
			t.Fatalf("not a network: %v", p)
		}
	}
	for _, origin := range c.AllowOrigins {
		if again, ok := originOf(origin); !ok || again != origin {
			t.Fatalf("%q is not an origin as browsers write it: %q", origin, again)
		}
	}
	for _, list := range [][]string{c.Only, c.AllowHosts, c.AllowOrigins} {
		for _, one := range list {
			if one == "" {
				t.Fatal("empty entry in a list")
			}
		}
	}
}
