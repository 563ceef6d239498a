package app

// App is what the page may call: exactly these methods are bound.
type App struct{ engine *Engine }

// NewApp binds the page to an Engine.
func NewApp(e *Engine) *App { return &App{engine: e} }

// State returns everything the page shows.
func (a *App) State() State { return a.engine.state() }

// Add tries a host, host:port or URL at once: an agent, or another camera that
// speaks MJPEG; on success its cameras are shown and remembered.
func (a *App) Add(address string) AddResult { return a.engine.add(address) }

// Forget removes one camera, or all of an agent that was added by address.
func (a *App) Forget(key string) { a.engine.forget(key) }

// ForgetAgent removes a camera and all others of its agent.
func (a *App) ForgetAgent(key string) { a.engine.forgetAgent(key) }

// Retry dials a camera now; the empty key means all.
func (a *App) Retry(key string) { a.engine.retry(key) }

// Search asks every address of the networks this computer is on for an agent,
// for networks where they cannot be heard of. State tells how far it is.
func (a *App) Search() { a.engine.searchNetworks() }

// StopSearch ends that.
func (a *App) StopSearch() { a.engine.cancelSearch() }
