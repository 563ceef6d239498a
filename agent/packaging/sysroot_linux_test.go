package packaging

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSysroot: where the app cannot be built for another architecture, one sentence
// says why, for make packages to say it last; nothing half is left.
func TestSysroot(t *testing.T) {
	if _, err := os.Stat("/usr/share/keyrings/debian-archive-keyring.gpg"); err != nil {
		t.Skip("this computer does not have Debian's keys")
	}
	for _, test := range []struct{ name, apt, compiler, want string }{
		{"no compiler", "exit 100", "", "its compiler could not be installed, see above"},
		{"no mirror", "exit 0", "exit 0", "apt knows no mirror of Debian here; on Debian and Raspberry Pi OS run sudo apt-get update first"},
		{"only security updates", "echo http://a.example/ x-security", "exit 0", "apt knows no mirror of Debian here; on Debian and Raspberry Pi OS run sudo apt-get update first"},
		{"no network", `[ "$1" = indextargets ] && echo http://a.example/ x && exit 0; echo E: no route; exit 100`, "exit 0", "GTK and WebKit could not be fetched, see above"},
		{"fetched nothing", `[ "$1" != indextargets ] || echo http://a.example/ x`, "exit 0", "GTK and WebKit could not be unpacked, see above"},
	} {
		t.Run(test.name, func(t *testing.T) {
			bin, roots := t.TempDir(), t.TempDir()
			write(t, bin, "apt-get", "#!/bin/sh\n"+test.apt+"\n")
			write(t, bin, "sudo", "#!/bin/sh\nexec \"$@\"\n")
			if test.compiler != "" {
				write(t, bin, "some-cpu-gcc", "#!/bin/sh\n"+test.compiler+"\n")
			}
			cmd := exec.Command("../../.make/sysroot", "some", "some-cpu")
			cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "PIGRID_SYSROOTS="+roots)
			out, err := cmd.Output()
			if said := strings.TrimSpace(string(out)); err == nil || said != test.want {
				t.Errorf("it ends with %v and says %q", err, said)
			}
			if left, _ := filepath.Glob(roots + "/*"); len(left) > 0 {
				t.Errorf("it leaves %v", left)
			}
		})
	}
}
