package roster

import (
	"maps"
	"slices"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/api"
)

// A network full of liars can make us remember no more than maxFound cameras, and
// one of them no more than maxPerAgent; the other places are for those that a
// person adds.
const (
	maxCameras  = 1024
	maxFound    = 768
	maxPerAgent = 64
)

// registry holds every camera that exists as far as the app knows, merged by
// key. A camera leaves it only by [Roster.Forget], or when another one needs its
// place. The cameras it hands out are copies.
type registry struct {
	begun time.Time
	byKey map[string]cameras.Camera
}

// newRegistry returns a registry that knows these cameras.
func newRegistry(known ...cameras.Camera) *registry {
	r := &registry{begun: time.Now(), byKey: make(map[string]cameras.Camera, len(known))}
	for _, c := range known {
		r.restore(c)
	}
	return r
}

// restore takes in a camera that was remembered. It reports whether it was not known
// and there was room.
func (r *registry) restore(c cameras.Camera) bool {
	agent, id, ok := cameras.SplitKey(c.Key)
	_, known := r.byKey[c.Key]
	if known || len(r.byKey) >= maxCameras || ok && r.countOf(agent) >= maxPerAgent {
		return false
	}
	if (!ok || c.URL != "") && (!cameras.IsForeign(c.Key) || c.URL == "") {
		return false
	}
	c.Agent, c.ID = agent, id
	r.byKey[c.Key] = c
	return true
}

// countOf is how many cameras of an agent are known.
func (r *registry) countOf(agent string) int {
	n := 0
	for _, c := range r.byKey {
		if c.Agent == agent {
			n++
		}
	}
	return n
}

// add takes in a camera that has no agent. It reports whether there was room.
func (r *registry) add(c cameras.Camera) bool {
	old, known := r.byKey[c.Key]
	if !known && len(r.byKey) >= maxCameras {
		return false
	}
	c.Width, c.Height, c.Own = old.Width, old.Height, old.Own
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

// merge takes in what an agent answered: new cameras appear, known ones are
// refreshed, those it no longer lists are marked as missing. It returns the
// agent's cameras, and the keys of those whose places were needed: missing ones of
// an agent that lists others, and, when all places are taken, found ones that have
// been away for [cameras.LongMissing], or answer at the address that has most.
func (r *registry) merge(a Answer) (list []cameras.Camera, gone []string) {
	listed := a.Status.Cameras
	if len(listed) == 0 && !r.hasCameras(a.Status.ID) {
		listed = []api.Camera{{ID: cameras.StandIn, Name: a.Status.Name, State: api.Failed}}
	}
	for _, c := range r.byKey {
		if c.Agent != a.Status.ID {
			continue
		}
		if c.ID == cameras.StandIn && len(a.Status.Cameras) > 0 {
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
		key := cameras.Key(a.Status.ID, l.ID)
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
func (r *registry) room(a Answer) int {
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
func about(c cameras.Camera, a Answer) cameras.Camera {
	c.Host, c.Version, c.AgentName = a.Status.Host, a.Status.Version, a.Status.Name
	c.Addresses = slices.Clone(a.Addresses)
	c.Added = c.Added || a.Added
	return c
}

// refreshed notes what an agent says about one camera.
func refreshed(c cameras.Camera, l api.Camera) cameras.Camera {
	c.Name, c.Video, c.Framerate = l.Name, l.Video, l.Framerate
	c.State, c.Problem, c.Warning, c.Missing = l.State, l.Error, l.Warning, false
	c.Rotation, c.Mirror = l.Rotation, l.Mirror
	if l.Width > 0 && l.Height > 0 {
		c.Width, c.Height = l.Width, l.Height
	}
	return c
}

func (r *registry) hasCameras(agent string) bool {
	return slices.ContainsFunc(r.of(agent), func(c cameras.Camera) bool { return c.ID != cameras.StandIn })
}

// forgetAgent removes all cameras of an agent. It returns the keys that are gone.
func (r *registry) forgetAgent(agent string) []string {
	var gone []string
	for _, c := range r.of(agent) {
		gone = append(gone, c.Key)
		delete(r.byKey, c.Key)
	}
	return gone
}

// forget removes a camera; one that was added by address takes its agent's
// other cameras along. It returns the keys that are gone.
func (r *registry) forget(key string) []string {
	c, ok := r.byKey[key]
	if !ok {
		return nil
	}
	if c.Added && c.Agent != "" {
		return r.forgetAgent(c.Agent)
	}
	delete(r.byKey, key)
	return []string{key}
}

// list returns all cameras in display order.
func (r *registry) list() []cameras.Camera {
	return slices.SortedFunc(maps.Values(r.byKey), byName)
}

// of returns the cameras of one agent in display order.
func (r *registry) of(agent string) []cameras.Camera {
	var list []cameras.Camera
	for _, c := range r.byKey {
		if c.Agent == agent {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, byName)
	return list
}

// get returns one camera.
func (r *registry) get(key string) (cameras.Camera, bool) {
	c, ok := r.byKey[key]
	return c, ok
}
