package config

import (
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/spf13/pflag"
)

// settings names every setting with four values that differ from each other and
// what the Config says after the first, second, third and, fourth, by default.
var settings = map[string]struct {
	flag, env, file string
	got             func(Config) any
	want            [4]any // from the flag, the environment, the file, the default
}{
	"listen":    {":1", ":2", `":3"`, func(c Config) any { return c.Listen }, [4]any{":1", ":2", ":3", ":8080"}},
	"source":    {"rpicam", "pattern", `"exec:cat -"`, func(c Config) any { return c.Source }, [4]any{"rpicam", "pattern", "exec:cat -", "auto"}},
	"camera":    {"a", "b,c", `["d", 0]`, func(c Config) any { return fmt.Sprint(c.Only) }, [4]any{"[a]", "[b c]", "[d 0]", "[]"}},
	"width":     {"16", "17", "18", func(c Config) any { return c.Camera.Width }, [4]any{16, 17, 18, 0}},
	"height":    {"16", "17", "18", func(c Config) any { return c.Camera.Height }, [4]any{16, 17, 18, 0}},
	"framerate": {"0.5", "2", "15.5", func(c Config) any { return c.Camera.Framerate }, [4]any{0.5, 2.0, 15.5, 30.0}},
	"quality":   {"1", "100", "50", func(c Config) any { return c.Camera.Quality }, [4]any{1, 100, 50, 0}},
	"mode":      {"auto", "1640:1232", `"1640:1232:10:P"`, func(c Config) any { return c.Camera.Mode }, [4]any{"auto", "1640:1232", "1640:1232:10:P", ""}},
	"shutter":   {"2s", "5ms", `"auto"`, func(c Config) any { return c.Camera.Shutter }, [4]any{2 * time.Second, 5 * time.Millisecond, time.Duration(0), time.Duration(0)}},
	"post-process-file": {
		"/etc/passwd", "/etc/group", `"none"`, func(c Config) any { return c.Camera.PostProcess },
		[4]any{"/etc/passwd", "/etc/group", "", ""},
	},
	"name":       {" Küche ", "b", `"c"`, func(c Config) any { return c.Name }, [4]any{"Küche", "b", "c", ""}},
	"state-dir":  {"/a", "b", `"/c"`, func(c Config) any { return c.StateDir }, [4]any{"/a", "b", "/c", ""}},
	"allow-host": {"A.example.", "b,c_d.example", `["Küche.example"]`, func(c Config) any { return fmt.Sprint(c.AllowHosts) }, [4]any{"[a.example]", "[b c_d.example]", "[xn--kche-0ra.example]", "[]"}},
	"allow-origin": {
		"*", "http://B:80/", `["https://c:8443", "https://küche.example"]`, func(c Config) any { return fmt.Sprint(c.AllowOrigins) },
		[4]any{"[*]", "[http://b]", "[https://c:8443 https://xn--kche-0ra.example]", "[]"},
	},
	"allow-from": {
		"10.1.2.3/8", "192.0.2.1", `["::ffff:192.0.2.0/120", "fd00::1%eth0"]`, func(c Config) any { return fmt.Sprint(c.AllowFrom) },
		[4]any{"[10.0.0.0/8]", "[192.0.2.1/32]", "[192.0.2.0/24 fd00::1/128]", "[]"},
	},
	"max-viewers":    {"1", "2", "3", func(c Config) any { return c.MaxViewers }, [4]any{1, 2, 3, 64}},
	"idle-timeout":   {"0", "1m", `"never"`, func(c Config) any { return c.IdleTimeout }, [4]any{time.Duration(0), time.Minute, time.Duration(-1), 30 * time.Second}},
	"mdns":           {"true", "false", "false", func(c Config) any { return c.MDNS }, [4]any{true, false, false, true}},
	"mdns-interface": {"eth0", "wlan0", `"lo"`, func(c Config) any { return c.MDNSInterface }, [4]any{"eth0", "wlan0", "lo", ""}},
	"log-level":      {"debug", "warn", `"error"`, func(c Config) any { return c.LogLevel }, [4]any{slog.LevelDebug, slog.LevelWarn, slog.LevelError, slog.LevelInfo}},
	"log-format":     {"text", "json", `"json"`, func(c Config) any { return c.LogJSON }, [4]any{false, true, true, false}},
}

// TestEverySettingIsListed keeps the table above and --help in step.
func TestEverySettingIsListed(t *testing.T) {
	l := NewLoader(pflag.NewFlagSet("", pflag.ContinueOnError), sources())
	for _, name := range l.names() {
		if _, ok := settings[name]; !ok && name != "config" {
			t.Errorf("--%s is not tested", name)
		}
	}
}

// TestPrecedence gives every setting in three places, in two, in one and in none.
func TestPrecedence(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none.toml")
	if err := os.WriteFile(none, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, s := range settings {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "agent.toml")
			if err := os.WriteFile(file, []byte(name+" = "+s.file), 0o600); err != nil {
				t.Fatal(err)
			}
			flag, env := "--"+name+"="+s.flag, variable(name)+"="+s.env
			check := func(step int, args, env []string) {
				t.Helper()
				cfg, err := load(t, args, env)
				if err != nil {
					t.Fatal(err)
				}
				if got := s.got(cfg); got != s.want[step] {
					t.Errorf("got %v, want %v", got, s.want[step])
				}
				if want := name == "listen" && step < 3; cfg.ListenGiven != want {
					t.Errorf("ListenGiven is %v", cfg.ListenGiven)
				}
			}
			check(0, []string{flag, "--config", file}, []string{env})
			check(0, []string{flag, "--config", none}, []string{env})
			check(1, []string{"--config", file}, []string{env})
			check(1, nil, []string{"PIGRID_CONFIG=" + none, env})
			check(2, nil, []string{"PIGRID_CONFIG=" + file, variable(name) + "="})
			check(3, []string{"--config", none}, nil)
		})
	}
}

// TestLists gives list settings more than once.
func TestLists(t *testing.T) {
	cfg, err := load(t, []string{"--camera=a", "--camera", "b, c", "--allow-from=10.0.0.0/8", "--allow-from=fd00::/8", "--config=testdata/empty.toml"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"a", "b", "c"}; !reflect.DeepEqual(cfg.Only, want) {
		t.Errorf("cameras %v", cfg.Only)
	}
	if want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}; !reflect.DeepEqual(cfg.AllowFrom, want) {
		t.Errorf("networks %v", cfg.AllowFrom)
	}
}

func TestFirstOfTwoVariablesCounts(t *testing.T) {
	cfg, err := load(t, []string{"--config=testdata/empty.toml"}, []string{"PIGRID_CAMERA=a", "PIGRID_CAMERA=b", "PIGRID_E2E=1", "PIGRID_HOME=/x", "NOEQUALS"})
	if err != nil || !reflect.DeepEqual(cfg.Only, []string{"a"}) {
		t.Errorf("cameras %v, error %v", cfg.Only, err)
	}
}

// TestDefaultFileMayMiss: nobody needs a configuration file.
func TestDefaultFileMayMiss(t *testing.T) {
	l := NewLoader(pflag.NewFlagSet("", pflag.ContinueOnError), sources())
	l.file = filepath.Join(t.TempDir(), "none")
	if _, err := l.Load(nil); err != nil {
		t.Error(err)
	}
}
