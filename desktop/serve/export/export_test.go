package export

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"go.yaml.in/yaml/v3"

	"pigrid/shared/golden"
)

var update = flag.Bool("update", false, "write the golden file")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// camera is one as pigrid-serve lists it.
func camera(key, name string) Camera {
	at := "/cameras/" + key
	return Camera{Key: key, Name: name, Video: at + "/video", Still: at + "/snapshot.jpg"}
}

// home is what a household has: a name in it is hostile.
func home(login bool) Source {
	return Source{Address: "192.168.1.10:8088", Login: login, Cameras: []Camera{
		camera("agent:3f2a9c01-77de-4b0f-9d0c-5a1be8c7f203/imx708", "Bird house"),
		camera("agent:a-1/usb", "a: b\n- c: |\r\n\u2028evil: [\u202e\x00${HOME}\"'`"),
		camera("url:0123456789abcdef", ""),
	}}
}

func written(t *testing.T, program string, s Source) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, program, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWhatIsWritten(t *testing.T) {
	var all []golden.Section
	for _, name := range Programs() {
		all = append(all, golden.Section{Name: name, Text: written(t, name, home(true))}, golden.Section{Name: name + " without a login", Text: written(t, name, home(false))})
	}
	golden.Compare(t, "testdata/exports.txt", *update, all)
}

// TestYAML: what YAML reads back is what was meant, whatever a camera is called.
func TestYAML(t *testing.T) {
	name := regexp.MustCompile(`^[a-zA-Z0-9_-]+$`) // Frigate's
	for program, top := range map[string]string{"go2rtc": "streams", "frigate": "cameras", "mediamtx": "paths"} {
		for _, s := range []Source{home(true), home(false), {Address: "[fd00::1]:8088"}} {
			var read map[string]map[string]any
			if err := yaml.Unmarshal([]byte(written(t, program, s)), &read); err != nil {
				t.Fatalf("%s: %v", program, err)
			}
			if len(read) != 1 || read[top] == nil || len(read[top]) != len(s.Cameras) {
				t.Errorf("%s: %v", program, read)
			}
			for id := range read[top] {
				if !name.MatchString(id) {
					t.Errorf("%s: a camera is called %q", program, id)
				}
			}
		}
	}
	var jobs struct {
		Jobs []struct {
			Name      string `yaml:"job_name"`
			Discovery []struct {
				URL string
			} `yaml:"http_sd_configs"`
		} `yaml:"scrape_configs"`
	}
	if err := yaml.Unmarshal([]byte(written(t, "prometheus", home(true))), &jobs); err != nil || jobs.Jobs[0].Discovery[0].URL != "http://192.168.1.10:8088/prometheus/targets" {
		t.Errorf("%+v, %v", jobs, err)
	}
}

// TestNamesStayOnTheirLine, and have no signs that a terminal obeys.
func TestNamesStayOnTheirLine(t *testing.T) {
	for _, program := range Programs() {
		for line := range strings.Lines(written(t, program, home(true))) {
			if strings.ContainsAny(line, "\r\x00\u2028\u202e") || strings.HasPrefix(line, "- c") || strings.HasPrefix(line, "evil") {
				t.Errorf("%s: %q", program, line)
			}
		}
	}
	if text := written(t, "go2rtc", home(true)); strings.Contains(text, "HOME}") {
		t.Errorf("a name has a variable: %s", text)
	}
	if err := Write(nil, "emacs", home(true)); err == nil || !strings.Contains(err.Error(), "only for go2rtc, ") {
		t.Error(err)
	}
}

func FuzzName(f *testing.F) {
	f.Add("Garden")
	f.Add("\n- x: \u0085\ufeff#")
	f.Fuzz(func(t *testing.T, name string) {
		s := Source{Address: "a:1", Cameras: []Camera{camera("agent:a/b", name)}}
		var read map[string]map[string]string
		if err := yaml.Unmarshal([]byte(written(t, "go2rtc", s)), &read); err != nil || len(read) != 1 || len(read["streams"]) != 1 || read["streams"]["a_b"] != "http://a:1/cameras/agent:a/b/video" {
			t.Errorf("%q: %v, %v", name, read, err)
		}
	})
}

// TestPrograms asks those that Debian has.
func TestPrograms(t *testing.T) {
	for name, judge := range map[string][]string{
		"caddy":      {"caddy", "validate", "--adapter", "caddyfile", "--config"},
		"prometheus": {"promtool", "check", "config"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath(judge[0]); err != nil {
				t.Skip(err)
			}
			for _, s := range []Source{home(true), home(false), {Address: "127.0.0.1:8088"}} {
				file := filepath.Join(t.TempDir(), name)
				if err := os.WriteFile(file, []byte(strings.ReplaceAll(written(t, name, s), passwordFile, os.DevNull)), 0o600); err != nil {
					t.Fatal(err)
				}
				cmd := exec.Command(judge[0], append(judge[1:], file)...)
				cmd.Env = append(os.Environ(), "XDG_DATA_HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir())
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%v: %s", err, out)
				}
			}
		})
	}
}
