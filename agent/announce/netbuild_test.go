package announce

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// builder compiles programs of the project for the machines, each once for all
// tests.
type builder struct {
	mu    sync.Mutex
	dir   string
	built map[string]func() (string, error) // by what follows "go build"
}

var programsBuilt builder

// build compiles a program that looks for data races.
func (l *netlab) build(pkg string) string { return l.compile("-race", pkg) }

// buildPlain compiles one whose time or memory is looked at.
func (l *netlab) buildPlain(pkg string) string { return l.compile(pkg) }

func (l *netlab) compile(args ...string) string {
	l.t.Helper()
	out, err := programsBuilt.program(args)
	if err != nil {
		l.t.Fatal(err)
	}
	return out
}

func (b *builder) program(args []string) (string, error) {
	b.mu.Lock()
	what := strings.Join(args, " ")
	if b.built == nil {
		b.built = map[string]func() (string, error){}
	}
	if b.built[what] == nil {
		place := fmt.Sprint(len(b.built))
		b.built[what] = sync.OnceValues(func() (string, error) { return b.compile(place, args) })
	}
	program := b.built[what]
	b.mu.Unlock()
	return program()
}

// compile runs go as the person who called sudo: root has none of the modules.
func (b *builder) compile(place string, args []string) (string, error) {
	root, err := b.root()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(root, place)
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	if uid, err := strconv.Atoi(os.Getenv("SUDO_UID")); err == nil {
		if err := os.Chown(dir, uid, -1); err != nil {
			return "", err
		}
	}
	out := filepath.Join(dir, "program")
	args = append([]string{"go", "build", "-o", out}, args...)
	if user := os.Getenv("SUDO_USER"); user != "" {
		args = append([]string{"sudo", "-n", "-H", "-u", user, "--", "env", "PATH=" + os.Getenv("PATH")}, args...)
	}
	if text, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, text)
	}
	return out, nil
}

// root is the folder of all programs, which everybody may enter.
func (b *builder) root() (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.dir != "" {
		return b.dir, nil
	}
	dir, err := os.MkdirTemp("", "pigrid-netlab-")
	if err != nil {
		return "", err
	}
	b.dir = dir
	return dir, os.Chmod(dir, 0o711)
}

// remove deletes the programs, after the last test.
func (b *builder) remove() {
	if b.dir != "" {
		_ = os.RemoveAll(b.dir)
	}
}
