// Invented people and organisations, and names as long as they may be.
import type { HelperView } from '../../kit/src/generated/HelperView.ts';
import type { OrganisationView } from '../../kit/src/generated/OrganisationView.ts';
import type { Language } from './run.ts';

export interface Cast {
  organisation: OrganisationView;
  helper: HelperView;
  long: HelperView;
  customer: string;
  longCustomer: string;
  reason: string;
  tags: string[];
}

function cast(
  organisation: OrganisationView,
  operator: string,
  customer: string,
  long: { organisation: string; operator: string; customer: string },
  reason: string,
  tags: string[],
): Cast {
  return {
    organisation,
    helper: { organisation, name: operator },
    long: { organisation: { ...organisation, name: long.organisation }, name: long.operator },
    customer,
    longCustomer: long.customer,
    reason,
    tags,
  };
}

export const casts: Record<Language, Cast> = {
  ko: cast(
    { name: '다온은행 고객센터', call_back: '080-000-0142' },
    '김민지',
    '박영수',
    {
      organisation: '다온은행디지털금융고객지원센터본부',
      operator: '제갈선우아름다운이름을가진상담원님입니다',
      customer: '황보아름다운이름을가진고객님입니다입니다',
    },
    '프린터 설정을 바꾸기 위해',
    ['프린터', '로그인', '인증서', '브라우저'],
  ),
  ja: cast(
    { name: 'ダオン銀行サポート', call_back: '0120-000-142' },
    '佐藤 美咲',
    '中村 和子',
    {
      organisation: 'ダオン銀行デジタル金融サポートセンター',
      operator: '勅使河原小路長名之助左衛門尉義輝朝臣様',
      customer: '長宗我部九十九里浜之介右衛門太夫義親様',
    },
    'プリンターの設定を変更するため',
    ['プリンター', 'ログイン', '証明書', 'ブラウザー'],
  ),
  en: cast(
    { name: 'Daon Bank Support', call_back: '0808 157 0142' },
    'Minji Kim',
    'Rosa Whitfield',
    {
      organisation: 'Daon Bank Digital Services and Customer Assistance Headquarters',
      operator: 'Wolfeschlegelsteinhausenbergerdorff Featherstonehaugh-Cholmondel',
      customer: 'Alexandrina Featherstonehaugh-Cholmondeley Marjoribanks-Beaulieu',
    },
    'To change the printer’s settings',
    ['Printer', 'Sign-in', 'Certificate', 'Browser'],
  ),
};

export const nobody: HelperView = { organisation: null, name: null };
