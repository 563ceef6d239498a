package packaging

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// site is where the tests serve the repository. What is in its path, apt writes in
// another way where it keeps lists.
const site = "http://" + ourAddress + ":8000/~pi_grid"

// aptRepo makes bin/apt-repo for a site, with a key of its own for each home.
func aptRepo(t *testing.T, home, site string) (string, error) {
	t.Helper()
	cmd := exec.Command("../../.make/apt-repo")
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME=", "PIGRID_KEY_DIR=", "SITE="+site)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestAptRepo: the folder is made for one site only, and signed by a key that
// stays the same and is nowhere in it.
func TestAptRepo(t *testing.T) {
	needsPackages(t)
	for _, wrong := range []string{"", "pi.example", "ftp://pi.example", "http://a'b", "https://user:word@pi.example", "https://a b"} {
		if out, err := aptRepo(t, t.TempDir(), wrong); err == nil || strings.Count(out, "\n") != 2 || !strings.Contains(out, "make apt-repo SITE=https://") {
			t.Errorf("%q: %v: %s", wrong, err, out)
		}
	}
	home := t.TempDir()
	said, err := aptRepo(t, home, "https://pi.example/cams/")
	if err != nil || !strings.Contains(said, "Keep it secret") || !strings.HasSuffix(said, "\n  curl -fsSL https://pi.example/cams/install.sh | sudo sh\n") {
		t.Fatalf("%v: %s", err, said)
	}
	read := func(file string) string {
		t.Helper()
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	const repo = "../../bin/apt-repo/"
	key, public := read(home+"/.config/pigrid/apt-key/private.asc"), read(repo+"pigrid.asc")
	script := read(repo + "install.sh")
	if !strings.Contains(script, public) || !strings.Contains(script, "site='https://pi.example/cams'\n") || strings.Contains(script, "@KEY@") {
		t.Errorf("install.sh is not filled in: %s", script)
	}
	release := read(repo + "dists/stable/Release")
	for _, want := range []string{"Suite: stable\n", "Codename: stable\n", "Components: main\n", "Architectures: amd64 arm64 armhf\n"} {
		if !strings.Contains(release, want) || strings.Contains(release, "Valid-Until") {
			t.Errorf("%s is not in %s", want, release)
		}
	}
	if found, _ := exec.Command("grep", "-rl", strings.Split(key, "\n")[3], repo).Output(); len(found) > 0 {
		t.Errorf("the secret key is in %s", found)
	}
	said, err = aptRepo(t, home, "https://pi.example/cams")
	if err != nil || strings.Contains(said, "Made a key") || read(repo+"pigrid.asc") != public {
		t.Errorf("the second time %v: %s", err, said)
	}
}

// TestTruncated: a download of install.sh that was cut off does nothing, wherever
// it was cut.
func TestTruncated(t *testing.T) {
	data, err := os.ReadFile("install.sh")
	if err != nil {
		t.Fatal(err)
	}
	script := strings.TrimRight(string(data), "\n")
	for end := range script {
		if end < len(script)-40 && script[end] != '\n' {
			continue
		}
		sh := exec.Command("/bin/sh")
		sh.Env = []string{"PATH=/nonexistent"} // sh would complain of any program
		sh.Stdin = strings.NewReader(script[:end])
		out, _ := sh.CombinedOutput()
		if said := string(out); strings.Contains(said, "not found") || strings.Contains(said, "PiGrid:") {
			t.Errorf("cut behind %q it does something: %s", script[max(0, end-40):end], said)
		}
	}
}

// TestWithoutApt: another system gets a clear answer.
func TestWithoutApt(t *testing.T) {
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "id"), []byte("#!/bin/sh\necho 0\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	sh := exec.Command("/bin/sh", "install.sh")
	sh.Env = []string{"PATH=" + bin}
	if out, err := sh.CombinedOutput(); err == nil || !strings.Contains(string(out), "PiGrid: this system has no dpkg") {
		t.Errorf("%v: %s", err, out)
	}
}

// TestInstallSh: a Pi installs from the repository with one line, and nothing
// happens where that cannot go well.
func TestInstallSh(t *testing.T) {
	needsPackages(t)
	if out, err := aptRepo(t, t.TempDir(), site); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	other := filepath.Join(t.TempDir(), "other")
	if err := os.CopyFS(other, os.DirFS("../../bin/apt-repo")); err != nil {
		t.Fatal(err)
	}
	if out, err := aptRepo(t, t.TempDir(), site); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, release := range releases {
		t.Run(release, func(t *testing.T) {
			m := boot(t, release)
			here := m.network()
			m.copy("../../bin/apt-repo/install.sh", "/root/install.sh")
			before := m.sh(installedThings)
			refused := func(when, line, want string) {
				t.Helper()
				if out, err := m.try("sh", "-c", line); err == nil || !strings.Contains(out, want) {
					t.Errorf("%s %v: %s", when, err, out)
				}
				m.expectThings(when, before)
			}
			refused("unreachable", "sh /root/install.sh", site+" cannot be reached")

			web := serveAt(t, here, "../../bin/apt-repo")
			refused("with an argument", "sh /root/install.sh --help", "--uninstall")
			refused("cut off", "for n in 100 4000 8000; do head -c $n /root/install.sh | sh; done; head -c -2 /root/install.sh | sh", "ntax error")
			m.sh("cp /etc/os-release /root/ && sed -i 's/^VERSION_ID=.*/VERSION_ID=\"11\"/' /etc/os-release")
			refused("on Bullseye", "sh /root/install.sh", "this is Debian 11, which is too old. PiGrid needs Raspberry Pi OS Bookworm")
			m.sh("cat /root/os-release >/etc/os-release; mkdir /root/bin; printf '#!/bin/sh\\necho riscv64\\n' >/root/bin/dpkg; chmod +x /root/bin/dpkg")
			refused("on RISC-V", "PATH=/root/bin:$PATH sh /root/install.sh", "architecture, riscv64, only for: amd64 arm64 armhf")
			web.tamper.Store(true)
			refused("tampered with", "sh /root/install.sh", "does not match its signature")
			web.tamper.Store(false)
			ours := web.serve(other)
			refused("signed by another key", "sh /root/install.sh", "does not match its signature")
			web.files.Store(ours)

			m.installsBy("umask 077; curl -fsSL " + site + "/install.sh | sh")
			m.sh("apt-get update --error-on=any -o Dir::Etc::sourcelist=sources.list.d/pigrid.sources -o Dir::Etc::sourceparts=/dev/null")
			m.changesNothing("a second time", "curl -fsSL "+site+"/install.sh | sh")
			m.sh("useradd --create-home pi && echo 'pi ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/pi && cp /root/install.sh /home/pi/")
			m.changesNothing("as a user", "umask 077; runuser -u pi -- sh /home/pi/install.sh")
			m.sh("rm /etc/sudoers.d/pi; sed -i '/^Package: pigrid-agent$/,/^$/ s/^Version: .*/Version: 0.0.0~git1/' /var/lib/dpkg/status")
			m.installsBy("sh /root/install.sh")
			if out := m.sh("curl -fsSL " + site + "/install.sh | sh -s -- --uninstall"); !strings.Contains(out, "removed the agent") {
				t.Error(out)
			}
			m.expectThings("after --uninstall", before)
			m.sh("sh /root/install.sh --uninstall")
		})
	}
}

// TestInstallShSaysWhatIsWrong: what has the camera or the port is named.
func TestInstallShSaysWhatIsWrong(t *testing.T) {
	needsPackages(t)
	if out, err := aptRepo(t, t.TempDir(), site); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, release := range releases {
		t.Run(release, func(t *testing.T) { namesHolders(t, release) })
	}
}

func namesHolders(t *testing.T, release string) {
	t.Helper()
	m := boot(t, release)
	web := serveAt(t, m.network(), "../../bin/apt-repo")
	m.copy("../../bin/apt-repo/install.sh", "/root/install.sh")
	m.sh("mkdir -p /run/dev /etc/systemd/system/pigrid-agent.service.d; touch /run/dev/media0 /run/dev/media1; chmod 666 /run/dev/media*")
	m.sh(`printf '[Service]\nEnvironment=FAKECAM_DEVICES=/run/dev\n' >/etc/systemd/system/pigrid-agent.service.d/test.conf`)
	m.sh(`setsid -f perl -MFcntl -e '$0 = "motion"; open(F, "+<", "/run/dev/media0"); $lock = pack("s s x4 q q l", F_WRLCK, 0, 0, 0, 0); fcntl(F, F_SETLK, $lock) or die; sleep 600' >/dev/null 2>&1`)

	// As at a first start, when the system's own lists are fetched just now.
	m.sh(`echo "deb [trusted=yes] ` + site + `/slow ./" >/root/slow.list; setsid -f apt-get update -o Dir::Etc::sourcelist=/root/slow.list -o Dir::Etc::sourceparts=/dev/null >/dev/null 2>&1`)
	m.await("the other apt asks", 20*time.Second, func() bool { return web.slow.Load() > 0 })
	time.AfterFunc(4*time.Second, web.goOn)
	out := m.sh("sh /root/install.sh 2>&1")
	if !strings.Contains(out, "another program uses apt; waiting for it") {
		t.Errorf("it does not say that it waits: %s", out)
	}
	if !strings.Contains(out, "The camera is used by motion (process ") {
		t.Errorf("it does not name what has the camera: %s", out)
	}

	m.run("systemctl", "stop", "pigrid-agent")
	m.sh(`echo 'listen = ":8085"' >>/etc/pigrid/agent.toml; setsid -f systemd-socket-activate --listen 8085 cat >/dev/null 2>&1; systemctl --no-block start pigrid-agent`)
	m.await("the agent does not get its port", 20*time.Second, func() bool { return strings.Contains(m.journal(), "listens on :8085 already") })
	said, err := m.try("sh", "-c", "sh /root/install.sh 2>&1")
	if err == nil || !strings.Contains(said, "port 8085 is used by systemd-socket-") || !strings.Contains(said, "does not run") {
		t.Errorf("it does not name what has the port: %v: %s", err, said)
	}
	m.run("systemctl", "disable", "--now", "pigrid-agent")
	if said = m.sh("sh /root/install.sh 2>&1"); !strings.Contains(said, "switched it off") {
		t.Errorf("of a service that somebody has switched off: %s", said)
	}
}

// installedThings lists what an installation could leave, with the times of the
// files; a log may stay, as of any package.
const installedThings = `find / -xdev -ipath '*pigrid*' -not -path '/proc/*' -not -path '/root/*' -not -path '/home/*' -not -path '/var/log/*' -not -path '/sys/*' -printf '%p %T@ %m\n'
	find /etc/apt /usr/share/keyrings /tmp -type f -printf '%p %T@ %m\n' | sort
	find /var/lib/apt/lists -type f -name '*` + ourAddress + `*'
	dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\n' pigrid-agent 2>/dev/null || true`

// expectThings compares with what there was before.
func (m *machine) expectThings(when, before string) {
	m.t.Helper()
	was, is := strings.Split(before, "\n"), strings.Split(m.sh(installedThings), "\n")
	for _, line := range is {
		if !slices.Contains(was, line) {
			m.t.Errorf("%s there is %s", when, line)
		}
	}
	for _, line := range was {
		if !slices.Contains(is, line) {
			m.t.Errorf("%s there is no %s", when, line)
		}
	}
}

func (m *machine) installsBy(line string) {
	m.t.Helper()
	out := m.sh(line + " 2>&1")
	if !strings.Contains(out, "PiGrid: installed pigrid-agent 0") || !strings.Contains(out, "Open http://pi.local:8080/") || !strings.Contains(out, "imx708") {
		m.t.Errorf("it says %s", out)
	}
	if !m.seesPicture() {
		m.t.Errorf("no picture: %s", m.journal())
	}
}

func (m *machine) changesNothing(when, line string) {
	m.t.Helper()
	before, started := m.sh(installedThings), m.property("ExecMainStartTimestampMonotonic")
	if out := m.sh(line + " 2>&1"); !strings.Contains(out, "was there already, and is the newest") {
		m.t.Errorf("%s: %s", when, out)
	}
	m.expectThings(when, before)
	if m.property("ExecMainStartTimestampMonotonic") != started {
		m.t.Errorf("%s the agent is restarted", when)
	}
}

// webServer serves the repository and does to it what happens on the way.
type webServer struct {
	files  atomic.Pointer[http.Handler]
	tamper atomic.Bool  // lists of packages come with another byte
	slow   atomic.Int32 // requests below /slow/, which are not answered before goOn
	goOn   context.CancelFunc
	wait   context.Context
}

func (s *webServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/slow/"):
		s.slow.Add(1)
		<-s.wait.Done()
		http.NotFound(w, r)
	case s.tamper.Load() && strings.Contains(r.URL.Path, "/Packages"):
		_, _ = w.Write([]byte("Package: pigrid-agent\nVersion: 999\nArchitecture: amd64\nFilename: pool/evil.deb\n"))
	default:
		(*s.files.Load()).ServeHTTP(w, r)
	}
}

// serve serves another folder from now on and returns what it served before.
func (s *webServer) serve(dir string) *http.Handler {
	files := http.FileServer(http.Dir(dir))
	return s.files.Swap(&files)
}

// serveAt serves a folder at [site], in the network namespace of a file.
func serveAt(t *testing.T, namespace, dir string) *webServer {
	t.Helper()
	s := &webServer{}
	s.serve(dir)
	s.wait, s.goOn = context.WithCancel(context.Background())
	made := make(chan error)
	var ln net.Listener
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with this
		made <- func() error {
			f, err := os.Open(namespace)
			if err != nil {
				return err
			}
			defer f.Close()
			if err := unix.Setns(int(f.Fd()), unix.CLONE_NEWNET); err != nil {
				return err
			}
			ln, err = net.Listen("tcp", ourAddress+":8000")
			return err
		}()
	}()
	if err := <-made; err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.StripPrefix("/~pi_grid", s)}
	go func() { _ = server.Serve(ln) }()
	t.Cleanup(func() { s.goOn(); _ = server.Close() })
	return s
}
