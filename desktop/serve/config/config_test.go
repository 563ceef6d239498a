package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// load reads settings from flags, the environment and a file; "" is for none.
func load(t *testing.T, flags, env, file string) (Config, error) {
	t.Helper()
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	l := NewLoader(set)
	l.file = filepath.Join(t.TempDir(), "none.toml")
	if file != "" {
		if err := os.WriteFile(l.file, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := set.Parse(strings.Fields(flags)); err != nil {
		return Config{}, l.FlagError(err)
	}
	return l.Load(strings.Fields(env))
}

func TestPrecedence(t *testing.T) {
	for _, tt := range []struct {
		flags, env, file string
		want             string // of Listen, NoPassword, AllowHosts, AllowFrom, MaxViewers, MDNS
	}{
		{want: "127.0.0.1:8088 false [] [] 64 true"},
		{file: "listen = ':1'\nno-password = true\nallow-host = ['a.example', 'b']\nallow-from = '203.0.113.7'\nmax-viewers = 5\nmdns = false", want: ":1 true [a.example b] [203.0.113.7/32] 5 false"},
		{env: "PIGRID_SERVE_LISTEN=:2 PIGRID_SERVE_ALLOW_HOST=c PIGRID_LISTEN=:9 PIGRID_SERVE_MDNS= HOME=/x", file: "listen = ':1'\nallow-host = ['a']", want: ":2 false [c] [] 64 true"},
		{flags: "--listen :3 --allow-from 203.0.113.9/24 --allow-from 2001:db8::/32 --no-password", env: "PIGRID_SERVE_LISTEN=:2 PIGRID_SERVE_NO_PASSWORD=false", file: "listen = ':1'", want: ":3 true [] [203.0.113.0/24 2001:db8::/32] 64 true"},
	} {
		c, err := load(t, tt.flags, tt.env, tt.file)
		got := fmt.Sprintf("%v %v %v %v %v %v", c.Listen, c.NoPassword, c.AllowHosts, c.AllowFrom, c.MaxViewers, c.MDNS)
		if err != nil || got != tt.want {
			t.Errorf("%+v: %s, %v", tt, got, err)
		}
	}
}

func TestMistakes(t *testing.T) {
	for _, tt := range []struct{ flags, env, file, want string }{
		{flags: "--listen 8088", want: `--listen "8088" is invalid: it must be an address and a port like`},
		{flags: "--listen :99999", want: "it must be an address and a port"},
		{flags: "--listen a/b:1", want: "it must be an address and a port"},
		{flags: "--max-viewers 0", want: "a whole number from 1 to 10000"},
		{flags: "--mdns=maybe", want: "it must be true or false"},
		{flags: "--state-dir here", want: "the absolute path of a folder"},
		{flags: "--allow-host *", want: "a host name like"},
		{flags: "--allow-from 0.0.0.0", want: "a network or an address"},
		{flags: "--trust-proxy 0.0.0.0/0", want: "it must be the proxy's address or network like"},
		{flags: "--trust-proxy proxy", want: "it must be the proxy's address"},
		{flags: "--user-header Remote_User --trust-proxy 127.0.0.1", want: "the name of a header like Remote-User"},
		{flags: "--user-header cookie --trust-proxy 127.0.0.1", want: "the name of a header"},
		{flags: "--user-header x-forwarded-for --trust-proxy 127.0.0.1", want: "the name of a header"},
		{flags: "--user-header Via --trust-proxy 127.0.0.1", want: "the name of a header"},
		{flags: "--user-header Remote-User", want: "user-header needs trust-proxy"},
		{env: "PIGRID_SERVE_USER_HEADER=Remote-User", file: "no-password = true\ntrust-proxy = '::1'", want: "exclude each other"},
		{flags: "--webhook s3cr3t", want: `--webhook (hidden) is invalid: it must be a URL like`},
		{flags: "--webhook https:///s3cr3t", want: "it must be a URL"},
		{env: "PIGRID_SERVE_WEBHOOK=ftp://s3cr3t/", want: "PIGRID_SERVE_WEBHOOK=(hidden) is invalid"},
		{file: "webhook = 'http://a b/s3cr3t'", want: "webhook = (hidden): it must be"},
		{flags: "--site a/b", want: "it must be a name like home"},
		{flags: "--log-level loud", want: "debug, info, warn or error"},
		{flags: "--log-format xml", want: "text or json"},
		{flags: "--none", want: "unknown flag: --none; pigrid-serve --help"},
		{flags: "--config /none.toml", want: "there is no configuration file /none.toml; correct --config or PIGRID_SERVE_CONFIG"},
		{flags: "--config /dev/zero", want: "must be a text file of at most 1 MiB"},
		{env: "PIGRID_SERVE_LISTN=:1", want: `there is no setting "PIGRID_SERVE_LISTN"; pigrid-serve help flags`},
		{env: "PIGRID_SERVE_listen=:1", want: "there is no setting"},
		{env: "PIGRID_SERVE_MAX_VIEWERS=x", want: `PIGRID_SERVE_MAX_VIEWERS="x" is invalid: it must be a whole number`},
		{file: "\nlisten = ", want: "line 2 is no TOML"},
		{file: "port = 1", want: `there is no setting "port"`},
		{file: "config = '/x'", want: `there is no setting "config"`},
		{file: "listen = ['a']", want: "must be one value, not a list"},
		{file: "[listen]\na = 1", want: "listen must be a text"},
		{file: "listen = 5", want: `listen = "5": it must be an address`},
	} {
		_, err := load(t, tt.flags, tt.env, tt.file)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%+v: %v", tt, err)
		}
	}
}

func FuzzFile(f *testing.F) {
	f.Add("listen = ':1'\nallow-host = ['a']")
	f.Add("[a]\nb = 2020-01-01")
	f.Fuzz(func(t *testing.T, text string) {
		l := NewLoader(pflag.NewFlagSet("", pflag.ContinueOnError))
		if err := l.fromTOML([]byte(text), map[string]bool{}); err == nil && (l.cfg.Listen == "" || l.cfg.MaxViewers < 1) {
			t.Errorf("%q: %+v", text, l.cfg)
		}
	})
}
