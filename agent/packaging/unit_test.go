package packaging

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// mostExposed is the worst figure of `systemd-analyze security` that is good
// enough, of 10.
const mostExposed = 2.0

// units are those of our services, and the groups that each asks for: a unit fails on a
// machine that lacks one, and only video is there on every Debian (base-passwd). The
// package makes the user of recordings.
var units = map[string]struct{ file, program, user, groups string }{
	"pigrid-agent":   {"debian/pigrid-agent.service", "/usr/bin/pigrid-agent", "", "video"},
	"pigrid-serve":   {"../../desktop/serve/packaging/debian/pigrid-serve.service", "/usr/bin/pigrid-serve", "", ""},
	"pigrid-record@": {"../../desktop/serve/packaging/record/pigrid-record@.service", "/usr/lib/pigrid-serve/record", "pigrid-record", ""},
}

// TestUnit: systemd understands every line of the units, and finds them well
// protected.
func TestUnit(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	for name, want := range units {
		t.Run(name, func(t *testing.T) {
			unit, err := os.ReadFile(want.file)
			if err != nil {
				t.Fatal(err)
			}
			for setting, want := range map[string]string{"User": want.user, "Group": "", "SupplementaryGroups": want.groups} {
				found := append(regexp.MustCompile(`(?m)^`+setting+`=(.*)$`).FindSubmatch(unit), nil, nil)[1]
				if string(found) != want {
					t.Errorf("%s=%s, which a machine may not have", setting, found)
				}
			}
			file := filepath.Join(t.TempDir(), name+".service")
			here := strings.ReplaceAll(string(unit), want.program, "/bin/true") // it must be there
			if err := os.WriteFile(file, []byte(here), 0o600); err != nil {
				t.Fatal(err)
			}
			judge(t, file, func(args ...string) (string, error) {
				out, err := exec.Command(analyze, args...).CombinedOutput()
				return string(out), err
			})
		})
	}
}

// judge asks systemd-analyze about the unit.
func judge(t *testing.T, file string, analyze func(args ...string) (string, error)) {
	t.Helper()
	if out, err := analyze("verify", "--man=no", "--recursive-errors=no", file); err != nil || len(out) > 0 {
		t.Errorf("%v: %s", err, out)
	}
	out, err := analyze("security", "--offline=true", file)
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	found := regexp.MustCompile(`Overall exposure level for \S+: ([0-9.]+)`).FindStringSubmatch(out)
	if found == nil {
		t.Fatalf("no figure in %s", out)
	}
	if exposed, err := strconv.ParseFloat(found[1], 64); err != nil || exposed > mostExposed {
		t.Errorf("exposure %s, at most %v is good enough", found[1], mostExposed)
	}
	t.Log(found[0])
}
