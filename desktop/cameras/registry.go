package cameras

import (
	"maps"
	"slices"
	"sync"
	"time"

	"pigrid/shared/api"
)

// StandIn is the camera id of the tile of an agent that lists no camera we can
// read: it has none, or it speaks another API version.
const StandIn = "none"

// A network full of liars can make us remember no more than maxFound cameras, and
// one of them no more than maxPerAgent; the other places are for those that a
// person adds.
const (
	maxCameras  = 1024
	maxFound    = 768
	maxPerAgent = 64
)

// LongMissing is how long a camera that was found must be away before another one
// may have its place, when there is no other.
const LongMissing = 10 * time.Minute

// Camera is one camera that was seen at least once.
type Camera struct {
	Key     string // see [Key]
	Agent   string // id of its agent
	ID      string // on its agent
	Name    string // for people
	Host    string // host name of the agent's machine
	Version string // of the agent's program

	Addresses []string // where its agent may be, host:port, best first
	Video     string   // path of its stream, empty before the first answer
	Framerate float64  // asked of the camera, 0 when unknown
	Width     int      // pixels, the last that were seen
	Height    int
	Added     bool // a person typed its address

	// URL is where a camera that has no agent is, without credentials;
	// empty when it has an agent. Login says that there is such a secret.
	URL   string
	Login bool
	Asks  Challenge // how it asks for that

	// Network is that of this computer on which it gave its last picture, like
	// "192.168.1.0/24"; empty when it is not known.
	Network string

	State   api.State // as the agent says
	Problem *api.Problem
	Warning *api.Problem // what is not as asked although pictures come
	Missing bool         // the agent answered without listing it
	// Seen is when its agent listed it last, zero before the first time in this run.
	Seen time.Time
}

// Registry holds every camera that exists as far as the app knows, merged by
// key. A camera leaves it only by [Registry.Forget], or when another one needs its
// place. It is safe for concurrent use; the cameras it hands out are copies.
type Registry struct {
	begun time.Time

	mu    sync.Mutex
	byKey map[string]Camera
}

// NewRegistry returns a Registry that knows these cameras.
func NewRegistry(known ...Camera) *Registry {
	r := &Registry{begun: time.Now(), byKey: make(map[string]Camera, len(known))}
	ofAgent := map[string]int{}
	for _, c := range known {
		agent, id, ok := SplitKey(c.Key)
		if len(r.byKey) >= maxCameras || ok && ofAgent[agent] >= maxPerAgent {
			continue
		}
		if ok && c.URL == "" || IsForeign(c.Key) && c.URL != "" {
			c.Agent, c.ID = agent, id
			r.byKey[c.Key] = c
			ofAgent[agent]++
		}
	}
	return r
}

// Add takes in a camera that has no agent. It reports whether there was room.
func (r *Registry) Add(c Camera) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	old, known := r.byKey[c.Key]
	if !known && len(r.byKey) >= maxCameras {
		return false
	}
	c.Width, c.Height = old.Width, old.Height
	if known {
		c.Name = old.Name
	}
	r.byKey[c.Key] = c
	return true
}

// Answer is what an agent said at one of its addresses.
type Answer struct {
	Status    api.Status // validated
	Addresses []string   // the one that answered first
	Added     bool       // a person typed the address
}

// Merge takes in what an agent answered: new cameras appear, known ones are
// refreshed, those it no longer lists are marked as missing. It returns the
// agent's cameras, and the keys of those whose places were needed: missing ones of
// an agent that lists others, and, when all places are taken, found ones that have
// been away for [LongMissing], or answer at the address that has most.
func (r *Registry) Merge(a Answer) (list []Camera, gone []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	listed := a.Status.Cameras
	if len(listed) == 0 && !r.hasCameras(a.Status.ID) {
		listed = []api.Camera{{ID: StandIn, Name: a.Status.Name, State: api.Failed}}
	}
	for _, c := range r.byKey {
		if c.Agent != a.Status.ID {
			continue
		}
		if c.ID == StandIn && len(a.Status.Cameras) > 0 {
			delete(r.byKey, c.Key)
			continue
		}
		c.Missing = true
		r.byKey[c.Key] = about(c, a)
	}
	listed = listed[:min(len(listed), maxPerAgent)]
	fresh := r.unknown(a.Status.ID, listed)
	gone = r.trim(a.Status.ID, listed, len(r.of(a.Status.ID))+fresh-maxPerAgent)
	gone = append(gone, r.replace(a.Status.ID, fresh-r.room(a))...)
	gone = append(gone, r.share(a, fresh-r.room(a))...)
	room := r.room(a)
	for _, l := range listed {
		key := Key(a.Status.ID, l.ID)
		c, known := r.byKey[key]
		if !known && room <= 0 {
			continue
		}
		if !known {
			room--
		}
		c.Key, c.Agent, c.ID, c.Seen = key, a.Status.ID, l.ID, time.Now()
		r.byKey[key] = refreshed(about(c, a), l)
	}
	return r.of(a.Status.ID), gone
}

// room is how many more cameras of an agent have a place.
func (r *Registry) room(a Answer) int {
	found, added := 0, a.Added
	for _, c := range r.byKey {
		if !c.Added {
			found++
		}
		added = added || c.Added && c.Agent == a.Status.ID
	}
	free := maxCameras - len(r.byKey)
	if added {
		return free
	}
	return min(free, maxFound-found)
}

// about notes what an agent says about itself.
func about(c Camera, a Answer) Camera {
	c.Host, c.Version = a.Status.Host, a.Status.Version
	c.Addresses = slices.Clone(a.Addresses)
	c.Added = c.Added || a.Added
	return c
}

// refreshed notes what an agent says about one camera.
func refreshed(c Camera, l api.Camera) Camera {
	c.Name, c.Video, c.Framerate = l.Name, l.Video, l.Framerate
	c.State, c.Problem, c.Warning, c.Missing = l.State, l.Error, l.Warning, false
	if l.Width > 0 && l.Height > 0 {
		c.Width, c.Height = l.Width, l.Height
	}
	return c
}

func (r *Registry) hasCameras(agent string) bool {
	for _, c := range r.byKey {
		if c.Agent == agent && c.ID != StandIn {
			return true
		}
	}
	return false
}

// Learn notes how a camera asks for a name and a password.
func (r *Registry) Learn(key string, asks Challenge) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c, ok := r.byKey[key]; ok {
		c.Asks = asks
		r.byKey[key] = c
	}
}

// Settle notes on which network a camera gives pictures.
func (r *Registry) Settle(key, network string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c, ok := r.byKey[key]; ok && network != "" {
		c.Network = network
		r.byKey[key] = c
	}
}

// Resize notes the size of a camera's newest frame in pixels.
func (r *Registry) Resize(key string, width, height int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c, ok := r.byKey[key]; ok && width > 0 && height > 0 {
		c.Width, c.Height = width, height
		r.byKey[key] = c
	}
}

// ForgetAgent removes all cameras of an agent. It returns the keys that are gone.
func (r *Registry) ForgetAgent(agent string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var gone []string
	for _, c := range r.of(agent) {
		gone = append(gone, c.Key)
		delete(r.byKey, c.Key)
	}
	return gone
}

// Forget removes a camera; one that was added by address takes its agent's
// other cameras along. It returns the keys that are gone.
func (r *Registry) Forget(key string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, ok := r.byKey[key]
	if !ok {
		return nil
	}
	gone := []string{key}
	if c.Added && c.Agent != "" {
		gone = nil
		for _, other := range r.of(c.Agent) {
			gone = append(gone, other.Key)
		}
	}
	for _, k := range gone {
		delete(r.byKey, k)
	}
	return gone
}

// List returns all cameras in display order.
func (r *Registry) List() []Camera {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.SortedFunc(maps.Values(r.byKey), byName)
}

// Of returns the cameras of one agent in display order.
func (r *Registry) Of(agent string) []Camera {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.of(agent)
}

func (r *Registry) of(agent string) []Camera {
	var list []Camera
	for _, c := range r.byKey {
		if c.Agent == agent {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, byName)
	return list
}

// Get returns one camera.
func (r *Registry) Get(key string) (Camera, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, ok := r.byKey[key]
	return c, ok
}
