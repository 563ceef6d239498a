package main

import "github.com/wailsapp/wails/v2/pkg/options/windows"

// webView2Words is what the app says on Windows where Microsoft's web view, with
// which it draws its window, is missing, too old, or has crashed.
func webView2Words() *windows.Messages {
	const (
		draws  = "PiGrid draws its window with Microsoft's WebView2 Runtime. "
		choose = " Choose OK to download it from Microsoft and install it. This takes about a minute, in which you see nothing."
	)
	words := windows.DefaultMessages() // those that are left come with ways of installing that are not built in
	words.MissingRequirements = "PiGrid"
	words.Error = "PiGrid"
	words.InstallationRequired = draws + "This computer does not have it." + choose
	words.UpdateRequired = draws + "The one on this computer is too old." + choose
	words.Webview2NotInstalled = "the WebView2 Runtime is missing"
	words.FailedToInstall = "The WebView2 Runtime could not be installed. Install it from https://developer.microsoft.com/microsoft-edge/webview2/ and start PiGrid again."
	words.WebView2ProcessCrash = "Microsoft's WebView2, which draws PiGrid's window, has crashed. Start PiGrid again."
	return words
}
