package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/wholefile"
)

const (
	// version is the format of the file.
	version = 1
	// maxFile is how many bytes it may have.
	maxFile = 10 << 20
)

// ErrNewer says that a newer PiGrid wrote the file.
var ErrNewer = errors.New("it was written by a newer PiGrid")

// The file. Times are unix milliseconds.
type (
	fileJSON struct {
		Version int         `json:"version"`
		Cameras []trackJSON `json:"cameras"`
	}

	trackJSON struct {
		Key     string      `json:"key"`
		Name    string      `json:"name"`
		Entries []entryJSON `json:"entries"`
	}

	entryJSON struct {
		From   int64       `json:"from"`
		To     int64       `json:"to"`
		Phases []phaseJSON `json:"phases"`
	}

	phaseJSON struct {
		From    int64          `json:"from,omitempty"` // that of the entry where it is missing
		State   cameras.State  `json:"state"`
		Reason  cameras.Reason `json:"reason,omitempty"`
		Message string         `json:"message,omitempty"`
	}
)

// Open returns a Recorder with what the file at path remembers; with the empty path
// nothing is read or saved. It is always usable. A file that cannot be used is kept aside
// under the name <path>.bad, and one that a newer PiGrid wrote is left as it is; the error
// is one sentence for people that says so.
func Open(path string) (*Recorder, error) {
	r := &Recorder{path: path, tracks: map[string]*track{}}
	if path == "" {
		return r, nil
	}
	err := r.read()
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if errors.Is(err, ErrNewer) {
		r.path = ""
		return r, fmt.Errorf("the history in %s was written by a newer PiGrid: it is left as it is, and nothing is added to it until you update PiGrid", path)
	}
	aside, moveErr := wholefile.Aside(path)
	if moveErr != nil {
		r.path = ""
		return r, fmt.Errorf("the history in %s cannot be used (%w) and could not be kept aside (%w): it is not saved", path, err, moveErr)
	}
	return r, fmt.Errorf("the history in %s cannot be used (%w): it is kept as %s, and PiGrid begins another one", path, err, aside)
}

func (r *Recorder) read() error {
	info, err := os.Stat(r.path)
	if err != nil {
		return err
	}
	if info.Size() > maxFile || !info.Mode().IsRegular() {
		return fmt.Errorf("it is no file of at most %d bytes", maxFile)
	}
	data, err := os.ReadFile(r.path)
	if err == nil {
		r.tracks, err = parse(data)
	}
	return err
}

// parse reads a file. What makes no sense of one camera is left out; the error says what
// is wrong with the file as a whole.
func parse(data []byte) (map[string]*track, error) {
	tracks := map[string]*track{}
	var head struct{ Version int }
	if err := json.Unmarshal(data, &head); err != nil {
		return tracks, fmt.Errorf("it is not readable as JSON: %w", err)
	}
	switch {
	case head.Version > version:
		return tracks, ErrNewer
	case head.Version < 1:
		return tracks, fmt.Errorf("it has the version %d", head.Version)
	}
	var file fileJSON
	if err := json.Unmarshal(data, &file); err != nil {
		return tracks, fmt.Errorf("it is not readable: %w", err)
	}
	for _, c := range file.Cameras {
		if len(tracks) == maxTracks || !cameras.ValidKey(c.Key) || tracks[c.Key] != nil {
			continue
		}
		t := &track{name: cut(c.Name)}
		for _, e := range c.Entries {
			if entry, ok := e.entry(); ok && (len(t.done) == 0 || !entry.From.Before(t.done[len(t.done)-1].To)) {
				t.done, t.seen = append(t.done, entry), entry.To
			}
		}
		if len(t.done) > 0 {
			tracks[c.Key] = t
		}
	}
	return tracks, nil
}

func (e entryJSON) entry() (Entry, bool) {
	entry := Entry{From: time.UnixMilli(e.From), To: time.UnixMilli(e.To)}
	for _, p := range e.Phases {
		at := time.UnixMilli(p.From)
		if p.From == 0 {
			at = entry.From
		}
		last := len(entry.Phases) - 1
		usable := known(p.State) && !at.Before(entry.From) && !at.After(entry.To) && last+1 < maxPhases
		if usable && (last < 0 || classOf(p.State) == out && entry.Outage() && at.After(entry.Phases[last].From)) {
			entry.Phases = append(entry.Phases, Phase{From: at, State: p.State, Reason: p.Reason, Message: cut(p.Message)})
		}
	}
	return entry, len(entry.Phases) > 0 && entry.To.Sub(entry.From) >= blip && e.From > 0 && e.To < 1<<46
}

// known reports whether a state is one in which a camera is watched.
func known(s cameras.State) bool {
	return s == cameras.Answers || slices.Contains(cameras.States(), s) && classOf(s) != unwatched
}

// Save writes the file when there is something new, and forgets what is too old. After an
// error the file is as it was.
func (r *Recorder) Save(now time.Time) error {
	r.saving.Lock()
	defer r.saving.Unlock()
	data, err := r.encode(now)
	if err != nil || data == nil {
		return err
	}
	if err := wholefile.Replace(r.path, data); err != nil {
		r.mu.Lock()
		r.changed = true
		r.mu.Unlock()
		return fmt.Errorf("the history is not saved: %w", err)
	}
	return nil
}

// encode returns the bytes of the file, nil when they need not be written.
func (r *Recorder) encode(now time.Time) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.prune(now)
	if !r.changed || r.path == "" {
		return nil, nil
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(r.file()); err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	r.changed = false
	return b.Bytes(), nil
}

func (r *Recorder) file() fileJSON {
	file := fileJSON{Version: version, Cameras: []trackJSON{}}
	for _, key := range r.keys() {
		t := r.tracks[key]
		c := trackJSON{Key: key, Name: t.name, Entries: []entryJSON{}}
		for _, e := range t.entries() {
			c.Entries = append(c.Entries, jsonOf(e))
		}
		if len(c.Entries) > 0 {
			file.Cameras = append(file.Cameras, c)
		}
	}
	return file
}

func jsonOf(e Entry) entryJSON {
	j := entryJSON{From: e.From.UnixMilli(), To: e.To.UnixMilli()}
	for i, p := range e.Phases {
		one := phaseJSON{State: p.State, Reason: p.Reason, Message: p.Message}
		if i > 0 {
			one.From = p.From.UnixMilli()
		}
		j.Phases = append(j.Phases, one)
	}
	return j
}
