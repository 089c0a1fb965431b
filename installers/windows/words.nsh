; What a person reads before the program itself runs, in the language of the machine: Korean, Japanese, English otherwise.

!macro BESIDE_WORDS
  LangString NoWebView ${LANG_ENGLISH} "Beside shows its windows with Microsoft Edge WebView2, which this computer does not have yet. It is free, from Microsoft, and needs no administrator.$\r$\n$\r$\nOpen Microsoft's page for it now?"
  LangString NoWebView ${LANG_KOREAN} "Beside는 Microsoft Edge WebView2로 창을 표시하는데, 이 컴퓨터에는 아직 없습니다. Microsoft에서 무료로 제공하며 관리자 권한이 필요 없습니다.$\r$\n$\r$\n지금 Microsoft의 설치 페이지를 열까요?"
  LangString NoWebView ${LANG_JAPANESE} "Besideの表示にはMicrosoft Edge WebView2が必要ですが、このパソコンにはまだ入っていません。Microsoftが無料で提供しており、管理者の権限は要りません。$\r$\n$\r$\n今すぐMicrosoftのページを開きますか？"
  LangString TooOld ${LANG_ENGLISH} "Beside needs Windows 10 or newer, in 64 bits."
  LangString TooOld ${LANG_KOREAN} "Beside에는 64비트 Windows 10 이상이 필요합니다."
  LangString TooOld ${LANG_JAPANESE} "Besideには64ビット版のWindows 10以降が必要です。"
  LangString StillOpen ${LANG_ENGLISH} "Beside is open. Please close it, then try again."
  LangString StillOpen ${LANG_KOREAN} "Beside가 열려 있습니다. 닫은 뒤 다시 시도해 주세요."
  LangString StillOpen ${LANG_JAPANESE} "Besideが開いています。閉じてから、もう一度お試しください。"
  LangString NoSpace ${LANG_ENGLISH} "Beside could not be unpacked. Please make some room on the disk, then try again."
  LangString NoSpace ${LANG_KOREAN} "Beside를 풀지 못했습니다. 디스크 공간을 확보한 뒤 다시 시도해 주세요."
  LangString NoSpace ${LANG_JAPANESE} "Besideを展開できませんでした。ディスクの空き容量を増やしてから、もう一度お試しください。"
!macroend
