package api

// Code names a problem for programs; people read the message and the hint.
type Code string

// Codes of an answer that is refused.
const (
	CodeTooManyConnections Code = "too_many_connections" // all connections are answering requests
	CodeTooManyViewers     Code = "too_many_viewers"     // all streams, or all snapshots at once, are taken
	CodeNoCamera           Code = "no_camera"            // the agent has found no camera yet
	CodeStarting           Code = "starting"             // a slow camera was off and has been started

	CodeLocked           Code = "locked"            // a login is needed
	CodeWrongLogin       Code = "wrong_login"       // the view password or the key is not this agent's
	CodeTooManyTries     Code = "too_many_tries"    // wrong ones from this address; the right one works at any time
	CodeNeedsTLS         Code = "needs_tls"         // this is done over https only
	CodeNotLocked        Code = "not_locked"        // the agent is open
	CodeClaimed          Code = "claimed"           // the agent has an owner already
	CodeClaimClosed      Code = "claim_closed"      // it can be claimed only in its first minutes after it was switched on
	CodeNotKept          Code = "not_kept"          // it could not be saved, nothing has changed
	CodeHeldOpen         Code = "held_open"         // the file pigrid-open on the card keeps the agent open
	CodeAccessUnreadable Code = "access_unreadable" // the agent cannot read who its owner is, so nobody passes
	CodeKeyLost          Code = "key_lost"          // the agent's private key was lost, so its owner's app cannot know it again
	CodeOtherMachine     Code = "other_machine"     // the card was locked in another Pi, so the agent is open here
	CodeStale            Code = "stale"             // another computer has changed the view passwords since
	CodeInvalid          Code = "invalid"           // the request's body is not as it must be
)

// Codes of a camera that gives no picture.
const (
	CodeProgramMissing  Code = "program_missing"  // the capture program is not installed
	CodeNotDetected     Code = "not_detected"     // no camera was found
	CodeUnknownCamera   Code = "unknown_camera"   // --camera names one that is not there
	CodeCameraBusy      Code = "camera_busy"      // another program has it
	CodePermission      Code = "permission"       // the agent may not use a device
	CodeMemory          Code = "memory"           // too little contiguous memory
	CodeDMAHeapMissing  Code = "dma_heap_missing" // the system has no /dev/dma_heap
	CodeFrontendTimeout Code = "frontend_timeout" // the sensor stopped delivering
	CodeSensor          Code = "sensor"           // the sensor does not start
	CodeFirmware        Code = "firmware"         // the firmware of an AI camera hangs, or is being loaded
	CodeStalled         Code = "stalled"          // the program runs, frames stopped
	CodeNoFrames        Code = "no_frames"        // the program runs, no frame came
	CodeNotMJPEG        Code = "not_mjpeg"        // the program writes something else
	CodeCrashed         Code = "crashed"          // the program failed
	CodeEnded           Code = "ended"            // the program ended by itself
	CodeUnkillable      Code = "unkillable"       // the program hangs in the kernel
	CodeUnusable        Code = "unusable"         // a camera is there, and its driver or program does not use it
	CodeUSB             Code = "usb"              // the USB device is in trouble
	CodeUSBBandwidth    Code = "usb_bandwidth"    // the USB bus has no room for its pictures
	CodeSize            Code = "size"             // the picture is smaller than its post-processing wants
)

// Codes of a warning: pictures come, but not as asked. CodeMode is one of a camera
// that gives no picture, too.
const (
	CodeMode      Code = "mode"       // the sensor has no such mode, size or rate
	CodeAIMissing Code = "ai_missing" // without the post-processing that was asked for
)
