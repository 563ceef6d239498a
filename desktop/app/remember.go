package app

import (
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/settings"
)

// saveEvery is how often changes are written, and how much a crash may lose.
const saveEvery = 2 * time.Second

// remember keeps the settings file as the registry is, until Stop.
func (e *Engine) remember() {
	ticker := time.NewTicker(saveEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			e.save()
		case <-e.ctx.Done():
			e.save()
			return
		}
	}
}

func (e *Engine) save() {
	list := e.known()
	err := e.cfg.Settings.Save(func(s settings.Settings) settings.Settings {
		added := map[string]time.Time{}
		for _, c := range s.Cameras {
			added[c.Key] = c.Added
		}
		s.Cameras = make([]settings.Camera, 0, len(list))
		for _, c := range list {
			s.Cameras = append(s.Cameras, toRemember(c, added[c.Key]))
		}
		return s
	})
	if err != nil {
		e.cfg.Logger.Error("saving", "error", err)
	}
}

// known returns the cameras with the sizes of their newest pictures, and where they
// are.
func (e *Engine) known() []cameras.Camera {
	e.mu.Lock()
	defer e.mu.Unlock()
	for key, f := range e.feeds {
		facts := f.Facts()
		e.registry.Resize(key, facts.Width, facts.Height)
	}
	e.noteNetworks()
	return e.registry.List()
}

func toRemember(c cameras.Camera, added time.Time) settings.Camera {
	if c.Added && added.IsZero() {
		added = time.Now().UTC().Truncate(time.Second)
	}
	s := settings.Camera{
		Key: c.Key, Name: c.Name, Host: c.Host, Addresses: c.Addresses,
		Width: c.Width, Height: c.Height, URL: c.URL, Login: c.Login, Network: c.Network, Added: added,
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
		if c.Asks != nil {
			known.Asks = cameras.Challenge{Scheme: c.Asks.Scheme, Realm: c.Asks.Realm}
		}
		list = append(list, known)
	}
	return list
}
