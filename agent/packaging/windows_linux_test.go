package packaging

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestWindowsInstaller installs the app in Wine, which runs programs of Windows. It
// has no firewall, no WebView2 and no rights to ask for, so this is no proof that
// all works on Windows.
func TestWindowsInstaller(t *testing.T) {
	w := bootWindows(t)
	setup := windowsFile(t, "_setup.exe")
	version := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(setup), "pigrid_"), "_windows_amd64_setup.exe")
	w.copy(setup, "/root/setup.exe")
	w.copy(netsh(t), "/root/netsh.exe")

	w.is("win7")
	if _, code := w.wine("/root/setup.exe", "/S"); code != 4 || w.there("Program Files/PiGrid") {
		t.Errorf("on Windows 7 it ends with %d, or installs something", code)
	}
	w.is("win10")
	w.sh("cp /root/netsh.exe /root/wine/drive_c/windows/system32/netsh.exe")
	for range 2 { // the second time it is an upgrade
		if _, code := w.wine("/root/setup.exe", "/S"); code != 0 {
			t.Fatalf("it ends with %d", code)
		}
	}
	for _, file := range []string{"pigrid.exe", "LICENSE.txt", "THIRD-PARTY.txt", "uninstall.exe"} {
		if !w.there("Program Files/PiGrid/" + file) {
			t.Errorf("%s is not there", file)
		}
	}
	const shortcut = "ProgramData/Microsoft/Windows/Start Menu/Programs/PiGrid.lnk"
	if !w.there(shortcut) {
		t.Error("it is not in the start menu")
	}
	const key = `HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall\PiGrid`
	if listed, code := w.wine("reg", "query", key); code != 0 || !strings.Contains(listed, version) || !strings.Contains(listed, `"C:\Program Files\PiGrid\uninstall.exe" /S`) {
		t.Errorf("in the list of programs: %s", listed)
	}
	rule := `"name=PiGrid finds cameras (mDNS)"`
	add := fmt.Sprintf(`["advfirewall" "firewall" "add" "rule" %s "dir=in" "action=allow" "program=C:\\Program Files\\PiGrid\\pigrid.exe" "protocol=UDP" "localport=5353" "remoteip=LocalSubnet" "profile=any"]`, rule)
	remove := fmt.Sprintf(`["advfirewall" "firewall" "delete" "rule" %s]`, rule)
	if got, want := w.sh("cat /root/wine/drive_c/netsh.log"), strings.Join([]string{remove, add, remove, add}, "\n"); got != want {
		t.Errorf("the firewall was asked for\n%s\nwant\n%s", got, want)
	}
	if said, code := w.wine(`C:\Program Files\PiGrid\pigrid.exe`, "version"); code != 0 || said != "pigrid "+version {
		t.Errorf("the program ends with %d and says %q", code, said)
	}

	// While it runs it is neither replaced nor removed.
	w.sh(`cd "/root/wine/drive_c/Program Files/PiGrid" && cp pigrid.exe /root/pigrid.exe && cp /root/netsh.exe pigrid.exe`)
	w.sh("setsid -f /root/wine.sh 'C:\\Program Files\\PiGrid\\pigrid.exe'")
	w.await("it runs", time.Minute, func() bool { return w.there("running") })
	if _, code := w.wine("/root/setup.exe", "/S"); code != 3 {
		t.Errorf("installed over a running program, it ends with %d", code)
	}
	// With _? it works from there and not from a copy, so that there is an exit code;
	// no space may be in it.
	w.sh(`ln -s "Program Files" /root/wine/drive_c/programs`)
	if _, code := w.wine(`C:\Program Files\PiGrid\uninstall.exe`, "/S", `_?=C:\programs\PiGrid`); code != 3 || !w.there(shortcut) {
		t.Errorf("removing a running program, it ends with %d, or removes something", code)
	}
	w.sh("touch /root/wine/drive_c/stop")

	// What is not the installer's stays.
	w.sh(`touch "/root/wine/drive_c/Program Files/PiGrid/mine.txt"`)
	w.await("it is removed", time.Minute, func() bool {
		_, _ = w.wine(`C:\Program Files\PiGrid\uninstall.exe`, "/S")
		return !w.there("Program Files/PiGrid/pigrid.exe")
	})
	w.await("all of it is removed", 20*time.Second, func() bool {
		left := w.sh(`ls -A "/root/wine/drive_c/Program Files/PiGrid"`)
		_, code := w.wine("reg", "query", key)
		return left == "mine.txt" && !w.there(shortcut) && code != 0 && strings.HasSuffix(w.sh("cat /root/wine/drive_c/netsh.log"), remove)
	})
}

// windows is a machine with Wine.
type windows struct{ *machine }

// bootWindows boots it. What Wine prints goes to a file: the programs that it
// leaves running would hold a pipe open.
func bootWindows(t *testing.T) windows {
	t.Helper()
	w := windows{boot(t, "trixie-wine")}
	script := filepath.Join(t.TempDir(), "wine.sh")
	const text = `#!/bin/sh
export WINEPREFIX=/root/wine WINEDEBUG=-all WINEDLLOVERRIDES=netsh.exe=n XDG_RUNTIME_DIR=/tmp
exec wine "$@" </dev/null >/root/$$.out 2>&1
`
	if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	w.copy(script, "/root/wine.sh")
	return w
}

// is makes Wine say that it is this Windows.
func (w windows) is(version string) {
	w.t.Helper()
	if said, code := w.wine("winecfg", "-v", version); code != 0 {
		w.t.Fatalf("winecfg ends with %d: %s", code, said)
	}
}

// wine runs a program of Windows, and returns what it prints and its exit code.
func (w windows) wine(args ...string) (string, int) {
	w.t.Helper()
	out, err := w.try(append([]string{"sh", "-c", `/root/wine.sh "$@" & pid=$!; wait $pid; code=$?; cat /root/$pid.out; exit $code`, "sh"}, args...)...)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.t.Fatalf("%v: %v: %s", args, err, out)
	}
	if exit == nil {
		return out, 0
	}
	return out, exit.ExitCode()
}

// there tells whether a file or folder is on Wine's drive C.
func (w windows) there(name string) bool {
	_, err := w.try("test", "-e", "/root/wine/drive_c/"+name)
	return err == nil
}

// netsh builds the program that stands in for netsh.
func netsh(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "netsh.exe")
	cmd := exec.Command("go", "build", "-o", file, "./testdata/netsh")
	cmd.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return file
}

// windowsFile is what make packages-windows has built.
func windowsFile(t *testing.T, end string) string {
	t.Helper()
	found, err := filepath.Glob("../../bin/packages/pigrid_*_windows_amd64" + end)
	if err != nil || len(found) != 1 {
		t.Fatalf("packages for Windows: %v, %v; run make packages-windows", found, err)
	}
	return found[0]
}
