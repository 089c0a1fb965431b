; Whether WebView2 is there, as Microsoft says to look for it: a version that is not 0.0.0.0, for all or for this person.

!define WEBVIEW_KEY "Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"
!define WEBVIEW_PAGE "https://go.microsoft.com/fwlink/p/?LinkId=2124703"

; Leaves the version on the stack, empty if there is none.
!macro BESIDE_WEBVIEW
  Push $0
  SetRegView 32
  ReadRegStr $0 HKLM "SOFTWARE\${WEBVIEW_KEY}" "pv"
  SetRegView 64
  ${If} $0 == ""
  ${OrIf} $0 == "0.0.0.0"
    ReadRegStr $0 HKCU "SOFTWARE\${WEBVIEW_KEY}" "pv"
  ${EndIf}
  ${If} $0 == "0.0.0.0"
    StrCpy $0 ""
  ${EndIf}
  Exch $0
!macroend
