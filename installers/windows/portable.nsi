; The customer's program as one file: it unpacks itself into a folder of its own, runs, and deletes that again. No
; administrator, nothing in the registry. `cargo xtask package windows` gives VERSION, APP (a folder) and OUT.

Unicode true
!include LogicLib.nsh
!include x64.nsh
!include WinVer.nsh
!include FileFunc.nsh
!include webview.nsh
!include words.nsh

Name "Beside"
OutFile "${OUT}"
Icon "${APP}\icon.ico"
RequestExecutionLevel user
SilentInstall silent
SetCompressor /SOLID lzma
ManifestDPIAware true
ManifestSupportedOS Win10
XPStyle on

VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=0 "ProductName" "Beside"
VIAddVersionKey /LANG=0 "CompanyName" "The Beside Authors"
VIAddVersionKey /LANG=0 "FileDescription" "Beside"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "LegalCopyright" "The Beside Authors, Apache-2.0 OR MIT"

LoadLanguageFile "${NSISDIR}\Contrib\Language files\English.nlf"
LoadLanguageFile "${NSISDIR}\Contrib\Language files\Korean.nlf"
LoadLanguageFile "${NSISDIR}\Contrib\Language files\Japanese.nlf"
!insertmacro BESIDE_WORDS

Function .onInit
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastWin10}
    MessageBox MB_OK|MB_ICONINFORMATION "$(TooOld)"
    SetErrorLevel 2
    Quit
  ${EndIf}
FunctionEnd

Section
  ; A folder that only this person can write, with a name that nobody can guess, deleted when this ends.
  InitPluginsDir
  ClearErrors
  SetOutPath "$PLUGINSDIR\beside"
  File /r "${APP}\program\*.*"
  ${If} ${Errors}
    MessageBox MB_OK|MB_ICONEXCLAMATION "$(NoSpace)"
    SetErrorLevel 3
    Quit
  ${EndIf}
  ; What lies beside this file tells which organisation it is for, unless it came with the program.
  ${IfNot} ${FileExists} "$PLUGINSDIR\beside\org.json"
  ${AndIf} ${FileExists} "$EXEDIR\org.json"
    CopyFiles /SILENT "$EXEDIR\org.json" "$PLUGINSDIR\beside\org.json"
  ${EndIf}
  ${GetParameters} $R0
  ; What has no windows needs nothing to show them with.
  ${GetOptions} $R0 "--self-test" $R1
  ${If} ${Errors}
    !insertmacro BESIDE_WEBVIEW
    Pop $0
    ${If} $0 == ""
      MessageBox MB_YESNO|MB_ICONINFORMATION "$(NoWebView)" IDNO leave
      ExecShell "open" "${WEBVIEW_PAGE}"
      leave:
      SetErrorLevel 4
      Quit
    ${EndIf}
  ${EndIf}
  ExecWait '"$PLUGINSDIR\beside\beside-client.exe" $R0' $R2
  SetErrorLevel $R2
SectionEnd
