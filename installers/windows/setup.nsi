; Installs one of the apps for the person who runs this: no administrator, no service. Silent with /S; /D=FOLDER chooses where.
; `cargo xtask package windows` gives VERSION, NAME (beside-client), TITLE, ID (app.beside.client), APP (a folder), OUT, and LINKS where the
; app opens links that begin with beside:.

Unicode true
!include LogicLib.nsh
!include MUI2.nsh
!include x64.nsh
!include WinVer.nsh
!include FileFunc.nsh
!include webview.nsh
!include words.nsh

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${ID}"

Name "${TITLE}"
OutFile "${OUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"
SetCompressor /SOLID lzma
!uninstfinalize '${SIGN} "%1"'
ManifestDPIAware true
ManifestSupportedOS Win10

VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=0 "ProductName" "${TITLE}"
VIAddVersionKey /LANG=0 "CompanyName" "The Beside Authors"
VIAddVersionKey /LANG=0 "FileDescription" "${TITLE}"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "LegalCopyright" "The Beside Authors, Apache-2.0 OR MIT"

!define MUI_ICON "${APP}\icon.ico"
!define MUI_UNICON "${APP}\icon.ico"
!define MUI_ABORTWARNING
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\${NAME}.exe"
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "Korean"
!insertmacro MUI_LANGUAGE "Japanese"
!insertmacro BESIDE_WORDS

; A program that runs can't be overwritten: whoever upgrades is asked to close it, and never in the middle of a session.
!macro BESIDE_CLOSED
  try:
  ${If} ${FileExists} "$INSTDIR\${NAME}.exe"
    ClearErrors
    FileOpen $0 "$INSTDIR\${NAME}.exe" a
    ${If} ${Errors}
      MessageBox MB_RETRYCANCEL|MB_ICONINFORMATION "$(StillOpen)" /SD IDCANCEL IDRETRY try
      SetErrorLevel 5
      Quit
    ${EndIf}
    FileClose $0
  ${EndIf}
!macroend

Function .onInit
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastWin10}
    MessageBox MB_OK|MB_ICONINFORMATION "$(TooOld)" /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}
  SetRegView 64
FunctionEnd

Function un.onInit
  SetRegView 64
FunctionEnd

Section
  !insertmacro BESIDE_CLOSED
  ClearErrors
  SetOutPath "$INSTDIR"
  File /r "${APP}\program\*.*"
  ${If} ${Errors}
    MessageBox MB_OK|MB_ICONEXCLAMATION "$(NoSpace)" /SD IDOK
    SetErrorLevel 3
    Quit
  ${EndIf}
  ; What lies beside the installer tells which organisation it is for, unless it came with the program.
  ${IfNot} ${FileExists} "$INSTDIR\org.json"
  ${AndIf} ${FileExists} "$EXEDIR\org.json"
    CopyFiles /SILENT "$EXEDIR\org.json" "$INSTDIR\org.json"
  ${EndIf}
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\${TITLE}.lnk" "$INSTDIR\${NAME}.exe"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${TITLE}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\${NAME}.exe"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The Beside Authors"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" $0
!ifdef LINKS
  WriteRegStr HKCU "Software\Classes\beside" "" "URL:Beside"
  WriteRegStr HKCU "Software\Classes\beside" "URL Protocol" ""
  WriteRegStr HKCU "Software\Classes\beside\shell\open\command" "" '"$INSTDIR\${NAME}.exe" "%1"'
!endif
  !insertmacro BESIDE_WEBVIEW
  Pop $0
  ${If} $0 == ""
    MessageBox MB_YESNO|MB_ICONINFORMATION "$(NoWebView)" /SD IDNO IDNO done
    ExecShell "open" "${WEBVIEW_PAGE}"
    done:
  ${EndIf}
SectionEnd

Section "Uninstall"
  !insertmacro BESIDE_CLOSED
  ; What was installed, by name: somebody may have chosen a folder with other things in it.
!include "${APP}\uninstall.nsh"
  Delete "$INSTDIR\org.json"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\${TITLE}.lnk"
  ; What the app and its web view kept for this person.
  RMDir /r "$LOCALAPPDATA\${NAME}"
  RMDir /r "$LOCALAPPDATA\${ID}"
  DeleteRegKey HKCU "${UNINSTALL}"
!ifdef LINKS
  DeleteRegKey HKCU "Software\Classes\beside"
!endif
SectionEnd
