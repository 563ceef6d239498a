// Package identity says who this agent is: an id that survives restarts,
// renaming and re-flashing, and that cloned cards do not share.
package identity

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"pigrid/agent/smallfile"
)

// Identity names an agent.
type Identity struct {
	ID   string // UUID
	Name string // for people
	Host string // host name without domain
}

// application keys the HMAC, so that the id tells nobody the serial number.
const application = "pigrid-agent-id-v1"

// idFile holds the random id when a state directory was given.
const idFile = "agent-id"

// sources are where a machine says who it is, best first: the serial number in
// the device tree belongs to the board, machine-id to the installed system.
var sources = [...]string{
	"proc/device-tree/serial-number",
	"sys/firmware/devicetree/base/serial-number",
	"etc/machine-id",
	"var/lib/dbus/machine-id",
}

// serials is how many of the sources, the first ones, belong to the board.
const serials = 2

// MachineID derives the id from what the machine under root ("/" but for
// tests) says of itself.
func MachineID(root fs.FS) (string, error) { return derivedID(root, "") }

// BoardID derives an id from the serial number of the board alone, "" where there is
// none. It differs from the machine's id, and says only whether a card is in another
// board.
func BoardID(root fs.FS) string {
	for _, name := range sources[:serials] {
		if id, ok := idFrom(root, name, "board"); ok {
			return id
		}
	}
	return ""
}

// derivedID derives an id for one of several agents of a machine, which differ in
// part.
func derivedID(root fs.FS, part string) (string, error) {
	for _, name := range sources {
		if id, ok := idFrom(root, name, part); ok {
			return id, nil
		}
	}
	return "", errors.New("this machine has neither a serial number nor /etc/machine-id; start the agent with --state-dir and a folder that it can write to")
}

// idFrom derives an id from one of the sources.
func idFrom(root fs.FS, name, part string) (id string, ok bool) {
	data, err := readSource(root, name)
	serial := strings.Trim(string(data), "\x00 \t\r\n")
	if err != nil || strings.Trim(serial, "0") == "" || serial == "uninitialized" {
		return "", false
	}
	mac := hmac.New(sha256.New, []byte(application))
	mac.Write([]byte(serial + part))
	return uuid([16]byte(mac.Sum(nil)), 8), true
}

// readSource reads a file like [smallfile.Read].
func readSource(root fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(root, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fs.ErrInvalid
	}
	file, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.LimitReader(file, maxFile))
}

// StoredID returns the random id kept in dir, and makes one the first time. The
// error is a sentence that says what to do. With an id beside it the agent can run
// all the same: what the file held is no id, as after a power cut, or there is no
// room for it ([NotKept]). Then the id is made of dir and the machine under root,
// so that it is the same at the next start, too; see [KeepID].
func StoredID(root fs.FS, dir string) (string, error) {
	path := filepath.Join(dir, idFile)
	data, err := smallfile.Read(path, maxFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return makeID(root, path)
	case err != nil:
		return "", fmt.Errorf("the agent's id cannot be read: %w; %s", err, otherFolder)
	}
	if id, ok := parseID(data); ok {
		return id, nil
	}
	if err := os.Rename(path, path+badSuffix); err != nil {
		return "", fmt.Errorf("%s does not contain a UUID and cannot be renamed: %w; %s", path, err, otherFolder)
	}
	id, err := makeID(root, path)
	if err != nil {
		return id, err
	}
	return id, fmt.Errorf("%s did not contain a UUID, so the agent has a new id and the app treats it as a new agent; the old content is kept in %s", path, idFile+badSuffix)
}

// otherFolder is what to do about a folder that cannot be used.
const otherFolder = "set --state-dir to a folder that the agent can read and write"

func makeID(root fs.FS, path string) (string, error) {
	id := newID()
	err := store(path, id)
	switch {
	case noRoom(err):
		if derived, err := derivedID(root, path); err == nil {
			id = derived
		}
		return id, notKept("the agent's id", path, err)
	case err != nil:
		return "", fmt.Errorf("the agent's id cannot be saved: %w; %s", err, otherFolder)
	}
	return id, nil
}

// KeepID keeps an id that [StoredID] could not keep. The error is a [NotKept].
func KeepID(dir, id string) error {
	path := filepath.Join(dir, idFile)
	if err := store(path, id); err != nil {
		return notKept("the agent's id", path, err)
	}
	return nil
}

// parseID reads what an idFile holds. People may have written it, so blanks
// around it and capitals are fine.
func parseID(data []byte) (string, bool) {
	id := strings.ToLower(string(bytes.TrimSpace(data)))
	return id, ValidID(id)
}

// ValidID reports whether s is a UUID in lower-case hex with dashes (RFC 9562).
func ValidID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range s {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && !strings.ContainsRune("0123456789abcdef", c) {
			return false
		}
	}
	return true
}

func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, crypto/rand says
	return uuid(b, 4)
}

// uuid writes 16 bytes as a UUID of the given version (RFC 9562: 4 is random,
// 8 is derived in the program's own way).
func uuid(b [16]byte, version byte) string {
	b[6] = b[6]&0x0F | version<<4
	b[8] = b[8]&0x3F | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16])
}
