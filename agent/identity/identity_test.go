package identity

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

const (
	deviceTree = "proc/device-tree/serial-number"
	machineID  = "etc/machine-id"
)

// thisMachine is what ids are made of where none can be kept.
var thisMachine = machine(deviceTree, "10000000abcdef01")

// machine is the file system of a machine: name, text, name, text…
func machine(files ...string) fstest.MapFS {
	root := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		root[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return root
}

func ExampleMachineID() {
	pi := fstest.MapFS{"proc/device-tree/serial-number": {Data: []byte("10000000abcdef01\x00")}}
	id, err := MachineID(pi)
	fmt.Println(id, err) // another id here would make every agent a stranger
	// Output: 65fe652c-0acb-855a-8c8b-9079f67fe5d8 <nil>
}

// TestMachineID: which machines are one and which are not.
func TestMachineID(t *testing.T) {
	const serial, other = "10000000abcdef01", "10000000abcdef02"
	const system, flashed = "0123456789abcdef0123456789abcdef\n", "fedcba9876543210fedcba9876543210\n"
	for name, test := range map[string]struct {
		a, b fstest.MapFS
		same bool
	}{
		"cloned card in another Pi": {machine(deviceTree, serial+"\x00", machineID, system), machine(deviceTree, other+"\x00", machineID, system), false},
		"flashed again":             {machine(deviceTree, serial+"\x00", machineID, system), machine(deviceTree, serial+"\x00", machineID, flashed), true},
		"read from elsewhere":       {machine(deviceTree, serial+"\x00"), machine("sys/firmware/devicetree/base/serial-number", serial), true},
		"no serial, other systems":  {machine(machineID, system), machine(machineID, flashed), false},
		"empty serial":              {machine(deviceTree, "\x00", machineID, system), machine(machineID, system), true},
		"serial of zeros":           {machine(deviceTree, "0000000000000000\x00", machineID, system), machine(machineID, system), true},
		"first boot":                {machine(machineID, "uninitialized\n", "var/lib/dbus/machine-id", system), machine(machineID, system), true},
	} {
		a, err1 := MachineID(test.a)
		b, err2 := MachineID(test.b)
		if err1 != nil || err2 != nil || (a == b) != test.same {
			t.Errorf("%s: %s and %s, errors %v, %v", name, a, b, err1, err2)
		}
		for _, id := range []string{a, b} {
			if !ValidID(id) || id[14] != '8' || strings.Contains(id, serial[8:]) || strings.Contains(id, system[:8]) {
				t.Errorf("%s: %s", name, id)
			}
		}
	}
}

func TestNoMachineID(t *testing.T) {
	for _, root := range []fstest.MapFS{machine(), machine(machineID, ""), machine(machineID, "uninitialized\n", deviceTree, "000\x00")} {
		_, err := MachineID(root)
		sentence(t, err, "neither a serial number nor /etc/machine-id", "--state-dir")
	}
}

func TestStoredID(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	id, err := StoredID(thisMachine, dir)
	if err != nil || !ValidID(id) || id[14] != '4' {
		t.Fatalf("%s, error %v", id, err)
	}
	if again, err := StoredID(thisMachine, dir); err != nil || again != id {
		t.Errorf("%s became %s, error %v", id, again, err)
	}
	if other, err := StoredID(thisMachine, t.TempDir()); err != nil || other == id {
		t.Errorf("%s, error %v", other, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, error %v", left, err)
	}
}

func TestStoredIDByHand(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, idFile, " CE42B307-9DEF-8DB6-A8FC-0BEE0B66AC21\r\n\n")
	if id, err := StoredID(thisMachine, dir); err != nil || id != "ce42b307-9def-8db6-a8fc-0bee0b66ac21" {
		t.Errorf("%s, error %v", id, err)
	}
}

// TestStoredIDIsNone: what a power cut or a person has left is no reason to stand
// still. It is said and kept aside.
func TestStoredIDIsNone(t *testing.T) {
	for _, text := range []string{"", "\n", "not an id", "ce42b307-9def-8db6-a8fc-0bee0b66ac2g", "ce42b3079def8db6a8fc0bee0b66ac21", "ce42b307-9def-", strings.Repeat("\x00", 37)} {
		dir := t.TempDir()
		path := write(t, dir, idFile, text)
		id, err := StoredID(thisMachine, dir)
		sentence(t, err, path+" did not contain a UUID", "new id", "agent-id.bad")
		if !ValidID(id) {
			t.Errorf("%q became %q", text, id)
		}
		if kept, _ := os.ReadFile(path + badSuffix); string(kept) != text {
			t.Errorf("kept %q of %q", kept, text)
		}
		if again, err := StoredID(thisMachine, dir); err != nil || again != id {
			t.Errorf("%s, then %s, error %v", id, again, err)
		}
	}
}

func TestStoredIDMistakes(t *testing.T) {
	notFolder := write(t, t.TempDir(), "file", "")
	_, err := StoredID(thisMachine, notFolder)
	sentence(t, err, "the agent's id cannot be read: ", notFolder, "set --state-dir to a folder that the agent can read and write")
	_, err = StoredID(thisMachine, "/proc/pigrid-none")
	sentence(t, err, "the agent's id cannot be saved: ", "/proc/pigrid-none", "set --state-dir to a folder")
	dir := t.TempDir()
	path := write(t, dir, idFile, "not an id")
	if err := os.MkdirAll(filepath.Join(path+badSuffix, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err = StoredID(thisMachine, dir)
	sentence(t, err, path+" does not contain a UUID and cannot be renamed: ", "set --state-dir to a folder")
	if kept, _ := os.ReadFile(path); string(kept) != "not an id" {
		t.Errorf("now it holds %q", kept)
	}
}

func TestValidID(t *testing.T) {
	if a, b := newID(), newID(); !ValidID(a) || a == b {
		t.Errorf("new ids %s and %s", a, b)
	}
	for _, id := range []string{"", strings.Repeat("a", 36), strings.Repeat("-", 36), "CE42B307-9DEF-8DB6-A8FC-0BEE0B66AC21", "ä" + newID()[2:]} {
		if ValidID(id) {
			t.Errorf("%q counts as an id", id)
		}
	}
}
