; The installer of the desktop app for Windows 10 and later on 64 bits. It needs no
; Windows to be built: .make/packages-windows runs makensis, and says
;
;   VERSION, NUMBERS  like 0.3.0~rc1, and 0.3.0.0
;   FILES             the folder with what is installed
;   OUT               the installer to write
;
; It installs for all users, because only an administrator may open the firewall
; for the search by mDNS: without that PiGrid finds nothing by itself. Who is none
; takes the archive, and Windows asks when the app is started.
;
; Silent with /S, into another folder with /D=C:\folder, which comes last.
; Exit codes: 0 done, 1 stopped by the person, 2 something failed, 3 PiGrid is
; running, 4 this Windows is too old.

Unicode true
Target amd64-unicode
SetCompressor /SOLID lzma
SetDateSave off ; the same bytes for one commit
ManifestDPIAware true
RequestExecutionLevel admin

!include LogicLib.nsh
!include MUI2.nsh
!include WinVer.nsh

!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\PiGrid"
!define RULE "PiGrid finds cameras (mDNS)"
; What tells that there is a WebView2 runtime, as Microsoft's "Distribute your app
; and the WebView2 Runtime" says.
!define WEBVIEW2 "Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"
!define WEBVIEW2_PAGE "https://developer.microsoft.com/microsoft-edge/webview2/"

Name PiGrid
OutFile "${OUT}"
InstallDir "$PROGRAMFILES64\PiGrid"
InstallDirRegKey HKLM "${UNINSTALL_KEY}" InstallLocation
BrandingText "PiGrid ${VERSION}"
ShowInstDetails nevershow
ShowUninstDetails nevershow

VIProductVersion ${NUMBERS}
VIAddVersionKey CompanyName "PiGrid developers"
VIAddVersionKey FileDescription "PiGrid installer"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey LegalCopyright "MIT licence"
VIAddVersionKey ProductName PiGrid
VIAddVersionKey ProductVersion "${VERSION}"

!define MUI_ICON "${FILES}\pigrid.ico"
!define MUI_UNICON "${FILES}\pigrid.ico"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${NSISDIR}\Contrib\Graphics\Wizard\nsis3-metro.bmp"
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_TEXT "Open PiGrid"
!define MUI_FINISHPAGE_RUN_FUNCTION open
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE English

; The installer is an administrator, the app should be the person: the shell starts
; it for both.
Function open
	Exec '"$WINDIR\explorer.exe" "$INSTDIR\pigrid.exe"'
FunctionEnd

Function .onInit
	${IfNot} ${AtLeastWin10}
		MessageBox MB_OK|MB_ICONSTOP "PiGrid needs Windows 10 or later." /SD IDOK
		SetErrorLevel 4
		Quit
	${EndIf}
	SetShellVarContext all
FunctionEnd

Function un.onInit
	SetShellVarContext all
FunctionEnd

; A running program cannot be replaced or removed.
!macro must_be_closed UN
	Function ${UN}must_be_closed
		again:
		IfFileExists "$INSTDIR\pigrid.exe" 0 closed
		ClearErrors
		FileOpen $0 "$INSTDIR\pigrid.exe" a
		IfErrors running
		FileClose $0
		Goto closed
		running:
		MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "PiGrid is running. Close its window, then choose Retry." /SD IDCANCEL IDRETRY again
		SetErrorLevel 3
		Quit
		closed:
	FunctionEnd
!macroend
!insertmacro must_be_closed ""
!insertmacro must_be_closed "un."

; netsh is the way that every Windows has. The rule is for this program, for the
; port of mDNS and for the local network only.
!macro close_firewall
	nsExec::Exec '"$SYSDIR\netsh.exe" advfirewall firewall delete rule name="${RULE}"'
	Pop $0
!macroend

!macro open_firewall
	!insertmacro close_firewall ; of an earlier version
	nsExec::Exec '"$SYSDIR\netsh.exe" advfirewall firewall add rule name="${RULE}" dir=in action=allow program="$INSTDIR\pigrid.exe" protocol=UDP localport=5353 remoteip=LocalSubnet profile=any'
	Pop $0
	${If} $0 != 0
		MessageBox MB_OK|MB_ICONEXCLAMATION "The firewall could not be opened for the search (netsh: $0). If PiGrid finds no cameras, let it through in Windows Security, or add them by their address." /SD IDOK
	${EndIf}
!macroend

Section
	Call must_be_closed
	SetOutPath "$INSTDIR"
	ClearErrors
	File "${FILES}\pigrid.exe" "${FILES}\LICENSE.txt" "${FILES}\THIRD-PARTY.txt"
	WriteUninstaller "$INSTDIR\uninstall.exe"
	CreateShortcut "$SMPROGRAMS\PiGrid.lnk" "$INSTDIR\pigrid.exe"
	WriteRegStr HKLM "${UNINSTALL_KEY}" DisplayName PiGrid
	WriteRegStr HKLM "${UNINSTALL_KEY}" DisplayVersion "${VERSION}"
	WriteRegStr HKLM "${UNINSTALL_KEY}" Publisher "PiGrid developers"
	WriteRegStr HKLM "${UNINSTALL_KEY}" DisplayIcon "$INSTDIR\pigrid.exe"
	WriteRegStr HKLM "${UNINSTALL_KEY}" InstallLocation "$INSTDIR"
	WriteRegStr HKLM "${UNINSTALL_KEY}" UninstallString '"$INSTDIR\uninstall.exe"'
	WriteRegStr HKLM "${UNINSTALL_KEY}" QuietUninstallString '"$INSTDIR\uninstall.exe" /S'
	WriteRegDWORD HKLM "${UNINSTALL_KEY}" NoModify 1
	WriteRegDWORD HKLM "${UNINSTALL_KEY}" NoRepair 1
	SectionGetSize 0 $0
	WriteRegDWORD HKLM "${UNINSTALL_KEY}" EstimatedSize $0
	${If} ${Errors}
		MessageBox MB_OK|MB_ICONSTOP "PiGrid could not be installed into $INSTDIR. Is there room on the disk, and may you write there?" /SD IDOK
		SetErrorLevel 2
		Abort
	${EndIf}
	!insertmacro open_firewall
	Call look_for_webview2
SectionEnd

; Windows 11 and most of Windows 10 have the runtime. Where it is missing, PiGrid
; offers to fetch it when it starts; this says so before.
Function look_for_webview2
	ReadRegStr $0 HKLM "Software\WOW6432Node\${WEBVIEW2}" pv
	${If} $0 == ""
		ReadRegStr $0 HKCU "Software\${WEBVIEW2}" pv
	${EndIf}
	${If} $0 == ""
	${OrIf} $0 == "0.0.0.0"
		MessageBox MB_YESNO|MB_ICONINFORMATION "PiGrid is installed, but it draws its window with Microsoft's WebView2 Runtime, which this computer does not have. Open Microsoft's page, where it can be downloaded (Evergreen Bootstrapper)?" /SD IDNO IDNO later
		ExecShell open "${WEBVIEW2_PAGE}"
		later:
	${EndIf}
FunctionEnd

; What the person has set up stays, as it does when an app is removed on other
; systems: %AppData%\pigrid and the passwords in the Credential Manager.
Section Uninstall
	Call un.must_be_closed
	Delete "$INSTDIR\pigrid.exe"
	Delete "$INSTDIR\LICENSE.txt"
	Delete "$INSTDIR\THIRD-PARTY.txt"
	Delete "$INSTDIR\uninstall.exe"
	RMDir "$INSTDIR" ; only when nothing else is in it
	Delete "$SMPROGRAMS\PiGrid.lnk"
	DeleteRegKey HKLM "${UNINSTALL_KEY}"
	!insertmacro close_firewall
SectionEnd
