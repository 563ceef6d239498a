package packaging

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// nameOfFile is how recordings are named.
const nameOfFile = "2006-01-02T15-04-05-0700.mkv"

// record starts a recording into a folder, in files of two seconds.
func (h *household) record(t *testing.T, folder string, settings ...string) (r *running, dir string) {
	t.Helper()
	env := append([]string{
		"PIGRID_RECORD_URL=http://" + h.serve, "PIGRID_RECORD_FOLDER=" + folder, "PIGRID_RECORD_SECONDS=2", "PIGRID_RECORD_LOOK=1",
		"PIGRID_RECORD_LOGIN=/nowhere", "PIGRID_RECORD_FREE_GB=0.001",
	}, settings...)
	return start(t, env, "record/record", h.key), filepath.Join(folder, strings.NewReplacer(":", "_", "/", "_").Replace(h.key))
}

// film is one recorded file.
type film struct {
	path     string
	from     time.Time // as its name says
	duration time.Duration
	until    time.Time // when it was last written
	size     int64
}

// films are the recordings that can be read, the oldest first.
func films(t *testing.T, dir string) (found []film) {
	t.Helper()
	paths, _ := filepath.Glob(filepath.Join(dir, "20*T*.mkv"))
	slices.Sort(paths)
	for _, path := range paths {
		from, err := time.Parse(nameOfFile, filepath.Base(path))
		if err != nil {
			t.Errorf("a recording is called %s", path)
		}
		out, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "json", path).Output()
		var probe struct{ Format struct{ Duration string } }
		if err != nil || json.Unmarshal(out, &probe) != nil {
			continue // it has just begun, or was deleted
		}
		info, err := os.Stat(path)
		if err != nil {
			continue
		}
		seconds, _ := strconv.ParseFloat(probe.Format.Duration, 64)
		found = append(found, film{path, from, time.Duration(seconds * float64(time.Second)), info.ModTime(), info.Size()})
	}
	return found
}

// TestRecord: files of real times appear, and a restart of pigrid-serve leaves a gap and
// no end.
func TestRecord(t *testing.T) {
	needsPrograms(t, "ffmpeg", "ffprobe", "curl")
	h, folder := newHousehold(t), t.TempDir()
	r, dir := h.record(t, folder)
	await(t, "three files", 20*time.Second, func() bool { return len(films(t, dir)) >= 3 })
	for _, f := range films(t, dir)[:2] { // whole ones
		if end := f.from.Add(f.duration); f.until.Sub(end).Abs() > 1500*time.Millisecond { // the name has whole seconds
			t.Errorf("%s has %v and was written until %v", f.path, f.duration, f.until)
		}
	}
	h.program.stop(t)
	await(t, "it says why there are no pictures", 20*time.Second, func() bool { return strings.Contains(r.said(), "Is it running?") })
	before := len(films(t, dir))
	h.startServe(t)
	await(t, "it goes on", 20*time.Second, func() bool { return len(films(t, dir)) > before })
	if took := r.stop(t); took > 3*time.Second {
		t.Errorf("its end takes %v", took)
	}
	all := films(t, dir)
	last := all[len(all)-1]
	if paths, _ := filepath.Glob(filepath.Join(dir, "*")); len(paths) != len(all) || last.duration == 0 {
		t.Errorf("of %v, these can be read: %v", paths, all)
	}
	if strings.Count(r.said(), "\n") > 4 {
		t.Errorf("it says much: %s", r.said())
	}
}

// TestRecordKeepsItsLimit, and deletes nothing but its own oldest files.
func TestRecordKeepsItsLimit(t *testing.T) {
	needsPrograms(t, "ffmpeg", "ffprobe", "curl")
	h, folder := newHousehold(t), t.TempDir()
	const limit = 1_000_000
	r, dir := h.record(t, folder, "PIGRID_RECORD_KEEP_GB=0.001", "PIGRID_RECORD_FPS=20")
	await(t, "its folder", 20*time.Second, func() bool { _, err := os.Stat(dir); return err == nil })
	foreign := filepath.Join(dir, "2020-holiday.mkv")
	if err := os.WriteFile(foreign, make([]byte, 3*limit), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(foreign, time.Unix(1, 0), time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	var first string
	await(t, "a file", 20*time.Second, func() bool {
		all := films(t, dir)
		if len(all) > 0 {
			first = all[0].path
		}
		return len(all) > 0
	})
	for _, what := range []string{"the first file is deleted", "the second, too"} {
		await(t, what, 40*time.Second, func() bool {
			_, err := os.Stat(first)
			return os.IsNotExist(err)
		})
		first = films(t, dir)[0].path
	}
	r.stop(t)
	var sum int64
	for _, f := range films(t, dir) {
		sum += f.size
	}
	// What two looks at the disk may be apart comes on top.
	if sum > 2*limit || sum == 0 {
		t.Errorf("%d bytes are kept", sum)
	}
	if _, err := os.Stat(foreign); err != nil {
		t.Error(err)
	}
}

// TestRecordOnAFullDisk: it leaves room on the disk, says so when there is none, and
// goes on when there is some again.
func TestRecordOnAFullDisk(t *testing.T) {
	needsPrograms(t, "ffmpeg", "ffprobe", "curl")
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=6m"); err != nil {
		t.Skipf("only root can make a small disk: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, syscall.MNT_DETACH) })
	h := newHousehold(t)
	r, dir := h.record(t, folder, "PIGRID_RECORD_FREE_GB=0.002")
	await(t, "a file", 20*time.Second, func() bool { return len(films(t, dir)) > 0 })
	filler := filepath.Join(folder, "filler")
	if err := os.WriteFile(filler, make([]byte, 5<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	await(t, "it says that the disk is full", 20*time.Second, func() bool { return strings.Contains(r.said(), "Less than 0.002 GB are free") })
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil || disk.Bavail == 0 {
		t.Errorf("no room is left: %v", err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	cleared := time.Now()
	await(t, "it goes on", 20*time.Second, func() bool {
		all := films(t, dir)
		return len(all) > 0 && all[len(all)-1].from.After(cleared.Add(-time.Second))
	})
	if !r.runs() || strings.Count(r.said(), "Less than") != 1 {
		t.Errorf("runs %v, and said %s", r.runs(), r.said())
	}
}

// TestRecordingsOfNothing: mistakes are answered with one sentence.
func TestRecordingsOfNothing(t *testing.T) {
	const key = "agent:a-1/imx708"
	for _, tt := range []struct{ key, setting, want string }{
		{"", "", "is not the key of a camera"},
		{"Garden", "", "is not the key of a camera"},
		{"agent:a/../../b", "", "is not the key of a camera"},
		{"agent:a/b; rm -rf", "", "is not the key of a camera"},
		{"--config", "", "is not the key of a camera"},
		{key, "PIGRID_RECORD_URL=http://a b", "PIGRID_RECORD_URL"},
		{key, "PIGRID_RECORD_URL=file:///etc", "PIGRID_RECORD_URL"},
		{key, "PIGRID_RECORD_FOLDER=here", "must begin with a slash"},
		{key, "PIGRID_RECORD_FPS=30", "must be from 0.1 to 20"},
		{key, "PIGRID_RECORD_KEEP_GB=many", "must be a number"},
		{key, "PIGRID_RECORD_FREE_GB=0", "must be from 0.001"},
	} {
		cmd := exec.Command("record/record", tt.key)
		cmd.Env = append(os.Environ(), "PIGRID_RECORD_FOLDER="+t.TempDir(), tt.setting)
		if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), tt.want) || strings.Count(string(out), "\n") != 1 {
			t.Errorf("%q %s: %v: %s", tt.key, tt.setting, err, out)
		}
	}
}
