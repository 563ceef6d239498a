// Package packaging holds what makes the agent's Debian package, and its tests.
package packaging

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestVersion: what .make/version prints rises with each step of a project's
// history, as dpkg orders it.
func TestVersion(t *testing.T) {
	if _, err := exec.LookPath("dpkg"); err != nil {
		t.Skip("dpkg is not installed")
	}
	repo := t.TempDir()
	script, err := os.ReadFile("../../.make/version")
	if err != nil {
		t.Fatal(err)
	}
	write(t, repo, ".make/version", string(script))
	// The same second twice in other zones, the second one later by UTC.
	dates := []string{"2026-11-29T16:25:19+01:00", "2026-11-29T15:25:20Z", "2026-11-30T00:00:00+14:00", "2026-12-01T00:00:00Z"}
	commit := func() {
		git(t, repo, dates[0], "add", "-A")
		git(t, repo, dates[0], "commit", "-q", "--allow-empty", "-m", "x")
		dates = dates[1:]
	}
	var versions []string
	says := func(want string) {
		t.Helper()
		got := run(t, repo, "", ".make/version")
		if short := run(t, repo, "", "git", "rev-parse", "--short=7", "HEAD"); got != strings.ReplaceAll(want, "HASH", short) {
			t.Errorf("it says %q, want %q", got, want)
		}
		versions = append(versions, got)
	}
	run(t, repo, "", "git", "init", "-q")
	commit()
	says("0.0.0~git20261129152519.HASH")
	write(t, repo, "file", "of nobody")
	says("0.0.0~git20261129152519.HASH") // not tracked: it may be anything
	commit()
	says("0.0.0~git20261129152520.HASH")
	git(t, repo, "", "tag", "something-else")
	git(t, repo, "", "tag", "v0.3.0-rc1")
	says("0.3.0~rc1")
	git(t, repo, "", "tag", "-d", "v0.3.0-rc1")
	git(t, repo, "", "tag", "v0.3.0")
	says("0.3.0")
	write(t, repo, "file", "changed")
	says("0.3.0+dirty")
	commit()
	says("0.3.0+git20261129100000.HASH")
	write(t, repo, "file", "changed again")
	says("0.3.0+git20261129100000.HASH.dirty")
	git(t, repo, "", "tag", "v0.4.0")
	git(t, repo, "", "checkout", "-q", ".")
	says("0.4.0")
	for i, older := range versions[1:] {
		if older != versions[i] && exec.Command("dpkg", "--compare-versions", versions[i], "lt", older).Run() != nil {
			t.Errorf("dpkg does not take %s for newer than %s", older, versions[i])
		}
	}
}

// TestVersionWithoutHistory: an archive of the sources builds, too.
func TestVersionWithoutHistory(t *testing.T) {
	script, err := os.ReadFile("../../.make/version")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, dir, ".make/version", string(script))
	t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(dir))
	if got := run(t, dir, "", ".make/version"); got != "0.0.0~unknown" {
		t.Errorf("it says %q", got)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

func git(t *testing.T, dir, date string, args ...string) {
	t.Helper()
	run(t, dir, date, "git", append([]string{"-c", "user.name=x", "-c", "user.email=x"}, args...)...)
}

// run runs a program in dir and returns what it prints.
func run(t *testing.T, dir, date, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_COMMITTER_DATE="+date, "TZ=Pacific/Kiritimati")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v: %s", name, args, err, out)
	}
	return strings.TrimSpace(string(out))
}
