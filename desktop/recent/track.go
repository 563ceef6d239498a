package recent

import "time"

// track has the pictures of one camera, in the order in which they came.
type track struct {
	all   []Picture // those before first have gone
	first int
	bytes int64
}

func (t *track) count() int          { return len(t.all) - t.first }
func (t *track) list() []Picture     { return t.all[t.first:] }
func (t *track) oldest() Picture     { return t.all[t.first] }
func (t *track) newest() Picture     { return t.all[len(t.all)-1] }
func (t *track) span() time.Duration { return t.newest().At.Sub(t.oldest().At) }

func (t *track) push(p Picture) {
	t.all = append(t.all, p)
	t.bytes += p.charge()
}

// pop drops the oldest picture and returns how many bytes it counted. What has gone is
// cut off when it is half of the slice.
func (t *track) pop() (freed int64) {
	freed = t.oldest().charge()
	t.all[t.first] = Picture{} // so that its memory is free
	t.first++
	t.bytes -= freed
	if t.first > len(t.all)/2 {
		n := copy(t.all, t.list())
		clear(t.all[n:])
		t.all, t.first = t.all[:n], 0
	}
	return freed
}

// popNewest drops the newest picture and returns how many bytes it counted.
func (t *track) popNewest() (freed int64) {
	last := len(t.all) - 1
	freed = t.all[last].charge()
	t.all[last] = Picture{} // so that its memory is free
	t.all = t.all[:last]
	t.bytes -= freed
	return freed
}
