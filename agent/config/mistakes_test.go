package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// variable is the environment variable of a setting.
func variable(name string) string {
	return "PIGRID_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// TestWrongValues gives every setting what it cannot be, in every place: the
// sentence names the place and says what would be right.
func TestWrongValues(t *testing.T) {
	for name, bad := range map[string]struct {
		values []string
		want   string
	}{
		"listen":    {[]string{"8080", "::1:80", ":65536", ":http", ":-1", "a b:80", "*:80", "a\nb:80"}, "it must be an address and a port like :8080"},
		"source":    {[]string{"rpi", "Auto", "exec"}, "it must be auto, rpicam, pattern or exec:COMMAND"},
		"camera":    {[]string{"IMX708", "a,", "a b", "-1"}, "it must be a camera's id or index"},
		"width":     {[]string{"abc", "15", "16385", "1.5", "0x10", "99999999999999999999"}, "it must be a whole number from 16 to 16384"},
		"height":    {[]string{"-1"}, "it must be a whole number from 16 to 16384"},
		"framerate": {[]string{"NaN", "Inf", "-Inf", "0", "0.001", "1001", "x", "1e999"}, "it must be a number from 0.01 to 1000"},
		"quality":   {[]string{"0", "101"}, "it must be a whole number from 1 to 100"},
		"mode":      {[]string{"1640x1232", "1640", "auto:10", "0:0", "1640:1232:10:X"}, "it must be a sensor mode like 1640:1232:10, or auto"},
		"shutter":   {[]string{"0", "0s", "-1s", "100", "999ns", "101s", "never"}, "it must be a time from 1us to 100s like 5ms, or auto"},
		"post-process-file": {
			[]string{"imx500.json", "testdata/cameras.toml", "/etc", "/nonexistent/imx500.json", "/etc/passwd\x00"},
			"it must be the absolute path of an existing file",
		},
		"name":           {[]string{" ", "a\x00b", "a\nb", "\x1b[31m", "\xff", strings.Repeat("ä", 51)}, "it must be 1 to 100 bytes of UTF-8 text"},
		"state-dir":      {[]string{"a\x00", "~/state"}, "it must be "},
		"allow-host":     {[]string{"a:80", "http://a", "a..b", "a,,b", "*.example.org", "a\r\nb", "ä:80", "\u200b", "ä_.example"}, "it must be a host name without port"},
		"allow-origin":   {[]string{"a", "null", "ftp://a", "http://", "http://a/b", "http://a?b", "http://u@a", "http://a b", "http://:80", "http://\u200b", "http://ä_.example", "http://a;b", "http://a:0", "http://a:65536", "http://192.168.1.256", "http://192.168.1", "http://0x7f.1", "http://[fe80::1%25eth0]", "http://[::1"}, "it must be an origin like"},
		"allow-from":     {[]string{"a", "10.0.0.0/33", "10.0.0.1-9"}, "it must be a network or an address"},
		"max-viewers":    {[]string{"0", "100001"}, "it must be a whole number from 1 to 100000"},
		"idle-timeout":   {[]string{"30", "-1s", "Never", "1e3s"}, "it must be a time like 30s or 5m, or never"},
		"mdns":           {[]string{"yes", "on", "2"}, "it must be true or false"},
		"mdns-interface": {[]string{"eth 0", "a/b", strings.Repeat("e", 16), "\x01"}, "it must be the name of a network interface"},
		"log-level":      {[]string{"loud", "warning"}, "it must be debug, info, warn or error"},
		"log-format":     {[]string{"xml"}, "it must be text or json"},
	} {
		for _, text := range bad.values {
			t.Run(name+"="+text, func(t *testing.T) {
				_, err := load(t, []string{"--" + name + "=" + text}, nil)
				sentence(t, err, "--"+name+" ", bad.want)
				_, err = load(t, nil, []string{variable(name) + "=" + text})
				sentence(t, err, "the environment variable "+variable(name), bad.want)
				l := NewLoader(pflag.NewFlagSet("", pflag.ContinueOnError), sources())
				err = l.fromKey(name, text, map[string]bool{})
				sentence(t, err, name+" = ", bad.want)
			})
		}
	}
}

// TestWhatWouldMatchNothing is refused with the sentence that helps.
func TestWhatWouldMatchNothing(t *testing.T) {
	for _, tt := range []struct{ flag, value, want string }{
		{"allow-from", "fe80::%eth0/64", "a network cannot name an interface with %; write fe80::/64"},
		{"allow-from", "fd00::5%wlan0/8", "write fd00::/8"},
		{"allow-from", "fe80::%eth0/x", "it must be a network or an address"},
		{"allow-from", "fe80::%a/b/64", "it must be a network or an address"},
		{"allow-from", "::ffff:8.8.8.8/95", "as IPv4, like 8.8.8.0/24"},
		{"allow-from", "::ffff:8.8.8.8/0", "as IPv4, like 8.8.8.0/24"},
		{"allow-from", "0.0.0.0", "to allow all write 0.0.0.0/0 and ::/0"},
		{"allow-from", "::", "to allow all write 0.0.0.0/0 and ::/0"},
		{"allow-from", "::ffff:0.0.0.0", "to allow all write 0.0.0.0/0"},
		{"allow-from", "0.0.0.0/32", "to allow all write 0.0.0.0/0"},
		{"allow-from", "224.0.0.0/4", "which no client has"},
		{"allow-from", "ff02::/16", "which no client has"},
		{"allow-from", "255.255.255.255", "which no client has"},
		{"allow-origin", "http://*", "* means every origin"},
		{"allow-origin", "http://*.example.org", "* means every origin"},
		{"allow-origin", "http://pi:*", "* means every origin"},
		{"allow-origin", "**", "* means every origin"},
	} {
		_, err := load(t, []string{"--" + tt.flag + "=" + tt.value}, nil)
		sentence(t, err, "--"+tt.flag+" ", tt.want)
	}
}

// TestOriginsAsBrowsersSendThem and networks as clients are compared.
func TestOriginsAsBrowsersSendThem(t *testing.T) {
	for text, want := range map[string]string{
		"http://Pi.Local:80/": "http://pi.local", "https://pi:443": "https://pi", "http://pi:443": "http://pi:443", "http://pi:080": "http://pi",
		"http://pi:08123": "http://pi:8123", "http://pi:": "http://pi", "http://pi.": "http://pi.",
		"http://[0:0::1]:3000": "http://[::1]:3000", "http://[::FFFF:1.2.3.4]": "http://[::ffff:102:304]", "http://10.0.0.1:80": "http://10.0.0.1",
		"http://cam1": "http://cam1", "http://4u.example": "http://4u.example",
	} {
		cfg, err := load(t, []string{"--allow-origin=" + text}, nil)
		if err != nil || cfg.AllowOrigins[0] != want {
			t.Errorf("%s: %q, %v; want %s", text, cfg.AllowOrigins, err, want)
		}
	}
	for text, want := range map[string]string{
		"::ffff:8.8.8.8/96": "0.0.0.0/0", "::ffff:8.8.8.8/120": "8.8.8.0/24", "::ffff:8.8.8.8": "8.8.8.8/32", "fe80::1%eth0": "fe80::1/128",
		"0.0.0.0/0": "0.0.0.0/0", "::/0": "::/0", "8.8.8.8/24": "8.8.8.0/24",
	} {
		cfg, err := load(t, []string{"--allow-from=" + text}, nil)
		if err != nil || cfg.AllowFrom[0].String() != want {
			t.Errorf("%s: %v, %v; want %s", text, cfg.AllowFrom, err, want)
		}
	}
}

func TestWrongCommand(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--source=exec:"}, "exec: must be followed by a command"},
		{[]string{`--source=exec:a "b`}, "with matching quotes"},
		{[]string{"--widht=3"}, `there is no flag "--widht"; did you mean --width?`},
		{[]string{"--max_viewers=3"}, "did you mean --max-viewers?"},
		{[]string{"--zzz"}, "pigrid-agent --help lists them"},
		{[]string{"-width=3"}, "did you mean --width, with two dashes?"},
		{[]string{"-x"}, `there is no flag "-x"`},
		{[]string{"--width"}, "--width needs a value"},
		{[]string{"--=1"}, "pigrid-agent --help lists all flags"},
		{[]string{"--config=testdata/none"}, "there is no configuration file testdata/none; correct --config or PIGRID_CONFIG"},
		{[]string{"--config=testdata"}, "it must be a text file of at most 1 MiB"},
		{[]string{"--config=/dev/zero"}, "it must be a text file of at most 1 MiB"},
	} {
		_, err := load(t, test.args, nil)
		sentence(t, err, test.want)
	}
	_, err := load(t, nil, []string{"PIGRID_WITDH=3"})
	sentence(t, err, `there is no setting "PIGRID_WITDH"; did you mean PIGRID_WIDTH?`)
	_, err = load(t, nil, []string{"PIGRID_CONFIG=testdata/none"})
	sentence(t, err, "there is no configuration file")
}

func TestWrongFile(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"width = 1\nwidth = 2", "is not valid TOML in line 2, column 1: "},
		{"a = \"b", "is not valid TOML in line 1, column "},
		{"name = \"\xff\"", "is not valid TOML in line 1, column "},
		{"widht = 3", `there is no setting "widht"; did you mean width?`},
		{"max_viewers = 3", "did you mean max-viewers?"},
		{"camers = {}", "did you mean camera?"},
		{"unheard-of = 3", "pigrid-agent --help lists them"},
		{"config = '/x'", `there is no setting "config" in the file itself; give --config or PIGRID_CONFIG`},
		{"confg = '/x'", "there is no setting \"confg\"; pigrid-agent --help lists them"},
		{"[camera.imx219]\nwidth = 640", "camera must be a list of ids, not a table; did you mean [cameras.imx219]?"},
		{"[camera]\nwidth = 640", "camera must be a list of ids, not a table; did you mean [cameras.imx708]?"},
		{"mdns = no", "line 1, column 8: a value must be a text in quotes, a number, or true or false"},
		{"mdns = yes", "line 1, column 8: a value must be a text in quotes, a number, or true or false"},
		{"help = true", `there is no setting "help"`},
		{"width = 'abc'", `width = "abc": it must be a whole number`},
		{"width = true", `width = "true": it must be a whole number`},
		{"framerate = nan", "framerate = \"NaN\": it must be a number"},
		{"width = [640, 800]", "width must be one value, not a list"},
		{"width = []", "width must be one value, not a list"},
		{"camera = [[1]]", "camera must be a text, a number, or true or false"},
		{"name = 2026-01-01", "name must be a text, a number, or true or false"},
		{"[listen]", "listen must be a text, a number, or true or false"},
		{"cameras = ['imx708']", `write camera = ["imx708"]`},
		{"cameras.imx708 = 3", "must be a table"},
		{"[cameras.\"a\\nb\"]", `cameras."a\nb" must be a table with a camera's id`},
		{"[cameras.a]\nlisten = ':1'", "[cameras.a] has no setting \"listen\"; there are width, height, framerate, quality, mode, shutter, post-process-file and name"},
		{"[cameras.a]\nwidth = 1", `[cameras.a] width = "1": it must be a whole number`},
		{"[cameras.a]\nname = ['x']", "[cameras.a] name must be one value, not a list"},
		{"[cameras.a.b]", "[cameras.a] has no setting \"b\""},
	} {
		file := filepath.Join(t.TempDir(), "agent.toml")
		if err := os.WriteFile(file, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := load(t, []string{"--config", file}, nil)
		sentence(t, err, "the configuration file "+file, test.want)
	}
	file := filepath.Join(t.TempDir(), "large.toml")
	if err := os.WriteFile(file, []byte(strings.Repeat("#\n", maxFile)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := load(t, []string{"--config", file}, nil)
	sentence(t, err, "at most 1 MiB")
}

// sentence checks that err is one line that contains all parts.
func sentence(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want %q", parts)
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("got  %v\nwant %s", err, part)
		}
	}
	if strings.ContainsAny(err.Error(), "\r\n\x00\x1b") {
		t.Errorf("not one line: %q", err)
	}
}
