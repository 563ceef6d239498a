package engine

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/reconnect"
	"pigrid/desktop/settings"
)

// saveEvery is how often changes are written, and how much a crash may lose.
const saveEvery = 2 * time.Second

// remember keeps the settings file as the Roster is, until Stop.
func (e *Engine) remember() {
	ticker := time.NewTicker(saveEvery)
	defer ticker.Stop()
	var stay reconnect.Stay
	for {
		select {
		case <-ticker.C:
			e.save(&stay)
		case <-e.Tasks.Context().Done():
			e.save(&stay)
			return
		}
	}
}

func (e *Engine) save(stay *reconnect.Stay) {
	e.noteStreams(stay)
	e.write()
}

// write puts the Roster into the settings file.
func (e *Engine) write() {
	list := slices.DeleteFunc(e.Roster.List(), e.isStranger)
	err := e.cfg.Settings.Save(func(s settings.Settings) settings.Settings {
		added := map[string]time.Time{}
		for _, c := range s.Cameras {
			added[c.Key] = c.Added
		}
		s.Cameras = make([]settings.Camera, 0, len(list))
		for _, c := range list {
			s.Cameras = append(s.Cameras, toRemember(c, added[c.Key]))
		}
		s.Arrangement = e.arranged.Now()
		return s
	})
	if err != nil && !errors.Is(err, settings.ErrRefused) { // which was said at the start
		e.cfg.Logger.Error("saving", "error", err)
	}
}

// noteStreams notes the sizes of the newest pictures, and on which network each camera
// is that gives some.
func (e *Engine) noteStreams(stay *reconnect.Stay) {
	here := stay.Here(time.Now(), e.discovery().Interfaces)
	for key, f := range e.Streams.All() {
		facts := f.Facts()
		network := ""
		if facts.Phase == cameras.Open {
			network = here(f.Target().Addr, facts.LastFrame)
			f.Settled(network)
		}
		e.Roster.Change(key, func(c *cameras.Camera) {
			if facts.Width > 0 && facts.Height > 0 {
				c.Width, c.Height = facts.Width, facts.Height
			}
			c.Network = cmp.Or(network, c.Network)
		})
	}
}

func toRemember(c cameras.Camera, added time.Time) settings.Camera {
	if c.Added && added.IsZero() {
		added = time.Now().UTC().Truncate(time.Second)
	}
	s := settings.Camera{
		Key: c.Key, Name: c.Name, Host: c.Host, Addresses: c.Addresses,
		Width: c.Width, Height: c.Height, URL: c.URL, Login: c.Login, Network: c.Network, Added: added,
	}
	s.AgentName = c.AgentName
	if (c.Own != cameras.Own{}) {
		own := settings.Own(c.Own)
		s.Own = &own
	}
	if c.Asks.Known() {
		s.Asks = &settings.Asks{Scheme: c.Asks.Scheme, Realm: c.Asks.Realm}
	}
	return s
}

func remembered(s settings.Settings) []cameras.Camera {
	list := make([]cameras.Camera, 0, len(s.Cameras))
	for _, c := range s.Cameras {
		known := cameras.Camera{
			Key: c.Key, Name: c.Name, Host: c.Host, Addresses: c.Addresses,
			Width: c.Width, Height: c.Height, URL: c.URL, Login: c.Login, Network: c.Network, Added: !c.Added.IsZero(),
		}
		known.AgentName = c.AgentName
		if c.Own != nil {
			known.Own = cameras.Own(*c.Own)
		}
		if c.Asks != nil {
			known.Asks = cameras.Challenge{Scheme: c.Asks.Scheme, Realm: c.Asks.Realm}
		}
		list = append(list, known)
	}
	return list
}
