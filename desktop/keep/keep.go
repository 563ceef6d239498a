// Package keep saves pictures where a person finds them: snapshots as the JPEGs that
// they are, and clips as films. A file is there as a whole or not at all, and none is
// ever replaced.
package keep

import (
	"fmt"
	"iter"
	"os"
	"slices"
	"sync"
	"time"

	"pigrid/desktop/mkv"
	"pigrid/desktop/recent"
	"pigrid/desktop/wholefile"
	"pigrid/shared/mjpeg"
)

const (
	// patience is how long a save waits for those before it: a drive may hang.
	patience = 5 * time.Second
	// maxNames is how many files may have the same name but for a number.
	maxNames = 1000
	// maxSaved is how many saved files are remembered.
	maxSaved = 256
)

// Shot is a picture to be saved.
type Shot struct {
	Camera string // its name
	recent.Picture
}

// Result says how saving ended.
type Result struct {
	Code   Code
	Detail string   // what the system said
	Paths  []string // of the files that were saved, also when others were not
	Folder string   // where they are, or were to be
}

// Saver saves. It is safe for concurrent use.
type Saver struct {
	where func() Where
	turn  chan struct{} // has one while somebody saves

	mu    sync.Mutex
	saved []string // the last files
}

// Where says where files go, and what they are called.
type Where struct {
	Folder string // absolute; empty for [Usual]
	Name   string // empty for [UsualName]
}

// New returns a Saver that asks where files go each time.
func New(where func() Where) *Saver {
	return &Saver{where: where, turn: make(chan struct{}, 1)}
}

// Snapshots saves each picture as a file.
func (s *Saver) Snapshots(shots []Shot) Result {
	return s.save(func(r *Result, name string) error {
		for _, shot := range shots {
			write := func(f *os.File) error { _, err := f.Write(shot.JPEG); return err }
			if err := s.file(r, nameOf(name, shot.Camera, shot.At), ".jpg", write); err != nil {
				return err
			}
		}
		return nil
	})
}

// Clip saves the pictures of a camera as one film. pictures is asked for them when it is
// time to save; there must be one.
func (s *Saver) Clip(camera string, pictures func() []recent.Picture) (r Result, length time.Duration) {
	r = s.save(func(r *Result, name string) error {
		film := filmOf(camera, pictures())
		if len(film.Frames) == 0 {
			r.Code = NoPicture
			return nil
		}
		length = film.Duration()
		return s.file(r, nameOf(name, camera, film.Frames[0].At), ".mkv", func(f *os.File) error { return mkv.Write(f, film) })
	})
	return r, length
}

// filmOf makes a film of pictures. Its size is that of the largest, as which players
// open their window.
func filmOf(camera string, pictures []recent.Picture) mkv.Film {
	film := mkv.Film{Title: camera}
	for _, p := range pictures {
		film.Frames = append(film.Frames, mkv.Frame{JPEG: p.JPEG, At: p.At})
		if width, height, ok := mjpeg.Size(p.JPEG); ok && width*height > film.Width*film.Height {
			film.Width, film.Height = width, height
		}
	}
	return film
}

// save calls do when it is its turn and there is a folder.
func (s *Saver) save(do func(r *Result, name string) error) (r Result) {
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-timeout.C:
		return Result{Code: Busy}
	}
	where := s.where()
	folder, err := where.folder()
	r.Folder = folder
	if err == nil {
		err = do(&r, where.Name)
	}
	if err != nil {
		r.Code, r.Detail = codeOf(err), err.Error()
	}
	return r
}

func (s *Saver) file(r *Result, name, extension string, write func(*os.File) error) error {
	path, err := wholefile.New(r.Folder, numbered(name, extension), write)
	if err != nil {
		return err
	}
	r.Paths = append(r.Paths, path)
	s.remember(path)
	return nil
}

// numbered has the names that a file may have: as wanted, or with a number.
func numbered(name, extension string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for n := 1; n <= maxNames; n++ {
			suffix := extension
			if n > 1 {
				suffix = fmt.Sprintf(" (%d)%s", n, extension)
			}
			if !yield(name + suffix) {
				return
			}
		}
	}
}

func (s *Saver) remember(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.saved = append(s.saved, path); len(s.saved) > maxSaved {
		s.saved = append([]string(nil), s.saved[1:]...)
	}
}

// Saved reports whether a file is one of the last that were saved.
func (s *Saver) Saved(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.saved, path)
}
