package cameras

// State is what a tile shows.
type State string

// The states of a tile. The page owns the words.
const (
	Connecting   State = "connecting"   // dialling, or waiting for the first two frames
	Live         State = "live"         // frames arrive
	Slow         State = "slow"         // frames arrive at less than half the rate for 5 s
	Stalled      State = "stalled"      // the connection is open, frames stopped
	Offline      State = "offline"      // nothing answers, or it hung up
	Refused      State = "refused"      // the agent does not let this computer in
	CameraError  State = "camera-error" // the agent answers, its camera does not
	Incompatible State = "incompatible" // the agent speaks another API version
	Paused       State = "paused"       // nobody looks at it
)

// Reason says why a camera is not live, for programs.
type Reason string

// The reasons. ReasonRefused is a TCP refusal, unlike the state [Refused].
const (
	NoReason           Reason = ""
	ReasonRefused      Reason = "refused"       // nothing listens on the port
	ReasonUnreachable  Reason = "unreachable"   // no way to the address
	ReasonTimeout      Reason = "timeout"       // no answer in time
	ReasonEnded        Reason = "ended"         // the other side closed the stream
	ReasonNoFrames     Reason = "no-frames"     // the stream is open and silent
	ReasonForbidden    Reason = "forbidden"     // 403
	ReasonUnauthorized Reason = "unauthorized"  // 401
	ReasonOtherLogin   Reason = "other-login"   // it asks for a password in another way than before
	ReasonOtherNetwork Reason = "other-network" // its password stands in its address, and this computer is elsewhere
	ReasonWrongHost    Reason = "wrong-host"    // 421
	ReasonBusy         Reason = "busy"          // too many viewers
	ReasonCrowded      Reason = "crowded"       // the agent answers as many requests as it can
	ReasonNotPigrid    Reason = "not-pigrid"    // something else answers there
	ReasonCamera       Reason = "camera"        // the agent's camera gives no picture
	ReasonTooOld       Reason = "too-old"       // the agent's API is older than ours
	ReasonTooNew       Reason = "too-new"       // the agent's API is newer than ours
	ReasonBadStream    Reason = "bad-stream"    // bytes that are no MJPEG stream
	ReasonBadHTTP      Reason = "bad-http"      // an answer that cannot be read as HTTP
	ReasonTooLarge     Reason = "too-large"     // the picture has too many pixels
	ReasonTooComplex   Reason = "too-complex"   // the picture has too many scans to be decoded in time
	ReasonNoRoom       Reason = "no-room"       // the pictures of all cameras together have too many, and this is the largest
	ReasonNoMemory     Reason = "no-memory"     // the frames of all cameras together have too many bytes, and these are the largest
	ReasonNoStream     Reason = "no-stream"     // what answers at the URL is no stream
	ReasonBadAddress   Reason = "bad-address"   // what was typed is no address
	ReasonBadLogin     Reason = "bad-login"     // a name or password in it must be percent-encoded
	ReasonNotLocal     Reason = "not-local"     // the address is not on the local network
	ReasonFull         Reason = "full"          // the app knows as many cameras as it can
	ReasonNeedsKey     Reason = "needs-key"     // the agent is locked, and no household here has its key
	ReasonNotYours     Reason = "not-yours"     // the agent is locked, and proved no key of the households here
	ReasonChangedKey   Reason = "changed-key"   // the agent has another public key than before, or none any more
	ReasonKeychain     Reason = "keychain"      // the keychain does not hand out the key of its household
)

// States lists all of them.
func States() []State {
	return []State{Connecting, Live, Slow, Stalled, Offline, Refused, CameraError, Incompatible, Paused}
}

// Reasons lists all of them.
func Reasons() []Reason {
	return []Reason{
		NoReason, ReasonRefused, ReasonUnreachable, ReasonTimeout,
		ReasonEnded, ReasonNoFrames, ReasonForbidden, ReasonUnauthorized,
		ReasonOtherLogin, ReasonOtherNetwork, ReasonWrongHost, ReasonBusy, ReasonCrowded,
		ReasonNotPigrid, ReasonCamera, ReasonTooOld, ReasonTooNew,
		ReasonBadStream, ReasonBadHTTP, ReasonTooLarge, ReasonTooComplex, ReasonNoRoom,
		ReasonNoMemory, ReasonNoStream, ReasonBadAddress, ReasonBadLogin,
		ReasonNotLocal, ReasonFull,
		ReasonNeedsKey, ReasonNotYours, ReasonChangedKey, ReasonKeychain,
	}
}
