package secrets

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"github.com/zalando/go-keyring"
)

// service is the name under which secrets stand in the keychain.
const service = "PiGrid"

var errNoBus = errors.New("there is no session bus, and so no keychain")

// System is the keychain of the operating system: Keychain on macOS, the
// Credential Manager on Windows, the Secret Service elsewhere.
type System struct{}

// Set implements [Keychain].
func (System) Set(name, secret string) error {
	if !reachable() {
		return errNoBus
	}
	return keyring.Set(service, name, secret)
}

// Get implements [Keychain].
func (System) Get(name string) (string, error) {
	if !reachable() {
		return "", fmt.Errorf("%w: %w", ErrNotFound, errNoBus)
	}
	secret, err := keyring.Get(service, name)
	if errors.Is(err, keyring.ErrNotFound) {
		err = fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	return secret, err
}

// Delete implements [Keychain].
func (System) Delete(name string) error {
	if !reachable() {
		return errNoBus
	}
	return keyring.Delete(service, name)
}

// reachable reports whether the keychain may be asked. Where there is no session
// bus the library would run dbus-launch, which leaves a daemon behind.
func reachable() bool {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" || os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return true
	}
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if dir == "" {
		dir = filepath.Join("/run/user", strconv.Itoa(os.Getuid()))
	}
	_, err := os.Stat(filepath.Join(dir, "bus"))
	return err == nil
}

// NoKeychain is where there is none, as on a server: secrets are in the file.
type NoKeychain struct{}

var errNoKeychain = errors.New("there is no keychain")

// Set implements [Keychain].
func (NoKeychain) Set(string, string) error { return errNoKeychain }

// Get implements [Keychain].
func (NoKeychain) Get(string) (string, error) { return "", ErrNotFound }

// Delete implements [Keychain].
func (NoKeychain) Delete(string) error { return nil }
