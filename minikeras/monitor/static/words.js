// What does the page say, in three languages? Every language has the same keys.

export const WORDS = {
  en: {
    live: "Live",
    reconnecting: "Reconnecting…",
    language: "Language",
    appearance: "Appearance",
    auto: "System",
    light: "Light",
    dark: "Dark",
    logarithmic: "Logarithmic axis",
    notAboveZero: "Linear axis: some values are not above 0.",
    charts: "Charts",
    help: "The arrow keys move along the epochs.",
    waiting: "Waiting for the first run",
    inYourProgram: "In your program:",
    asSoonAs: "Each epoch appears here as soon as it ends.",
    runs: "Runs",
    nameless: (number) => `Run ${number}`,
    began: (time) => `Began ${time}`,
    training: "training",
    validation: "validation",
    epoch: "Epoch",
    atEpoch: (n) => `Epoch ${n}`,
    state: {
      training: (n) => (n ? `Training, epoch ${n} done` : "Training"),
      stopped: (n) => (n ? `Stopped early after epoch ${n}` : "Stopped early"),
      finished: (n) => (n ? `Finished after epoch ${n}` : "Finished"),
      exception: (n) => (n ? `Ended by an exception after epoch ${n}` : "Ended by an exception"),
    },
    reduced: (times, n) =>
      times === 1
        ? `Learning rate reduced from epoch ${n} on`
        : `Learning rate reduced ${times} times, last from epoch ${n} on`,
    reduction: "learning rate reduced",
    stop: "stopped early",
    error: "ended by an exception",
    notFinite: "not finite",
    latest: "Latest values",
    run: "Run",
    allEpochs: "Epoch by epoch",
    onlyTheLast: (rows, all) => `The last ${rows} of ${all} epochs. CSVLogger keeps them all.`,
  },
  ko: {
    live: "실시간 수신 중",
    reconnecting: "다시 연결하는 중…",
    language: "언어",
    appearance: "화면 모드",
    auto: "시스템 설정 사용",
    light: "라이트 모드",
    dark: "다크 모드",
    logarithmic: "로그 눈금",
    notAboveZero: "0 이하인 값이 있어 선형 눈금으로 그립니다.",
    charts: "그래프",
    help: "화살표 키로 이전이나 다음 에포크로 이동하세요.",
    waiting: "첫 학습을 기다리는 중",
    inYourProgram: "코드에 다음과 같이 추가하세요.",
    asSoonAs: "에포크가 끝날 때마다 값이 여기에 바로 나타납니다.",
    runs: "학습 목록",
    nameless: (number) => `학습 ${number}`,
    began: (time) => `${time} 시작`,
    training: "학습",
    validation: "검증",
    epoch: "에포크",
    atEpoch: (n) => `${n}번째 에포크`,
    state: {
      training: (n) => (n ? `학습 중(${n}번째 에포크까지 완료)` : "학습 중"),
      stopped: (n) => (n ? `조기 종료(${n}번째 에포크)` : "조기 종료"),
      finished: (n) => (n ? `학습 완료(${n}번째 에포크)` : "학습 완료"),
      exception: (n) => (n ? `예외로 중단(${n}번째 에포크 완료 후)` : "예외로 중단"),
    },
    reduced: (times, n) =>
      times === 1
        ? `학습률 감소(${n}번째 에포크부터)`
        : `학습률 ${times}번 감소(마지막: ${n}번째 에포크부터)`,
    reduction: "학습률 감소",
    stop: "조기 종료",
    error: "예외로 중단",
    notFinite: "유한하지 않은 값",
    latest: "최신 값",
    run: "이름",
    allEpochs: "에포크별 값",
    onlyTheLast: (rows, all) =>
      `전체 ${all}에포크 중 마지막 ${rows}에포크만 보여 줍니다. 모두 기록하려면 CSVLogger를 쓰세요.`,
  },
  zh: {
    live: "实时更新中",
    reconnecting: "正在重新连接…",
    language: "语言",
    appearance: "外观",
    auto: "跟随系统",
    light: "浅色模式",
    dark: "深色模式",
    logarithmic: "对数坐标",
    notAboveZero: "部分值不大于 0，此图仍用线性坐标。",
    charts: "曲线图",
    help: "按方向键可逐轮查看数值。",
    waiting: "等待第一次训练开始",
    inYourProgram: "在程序里这样写：",
    asSoonAs: "每轮（epoch）一结束，数值就会显示在这里。",
    runs: "训练列表",
    nameless: (number) => `第 ${number} 次训练`,
    began: (time) => `${time} 开始`,
    training: "训练集",
    validation: "验证集",
    epoch: "轮次",
    atEpoch: (n) => `第 ${n} 轮`,
    state: {
      training: (n) => (n ? `训练中（已完成第 ${n} 轮）` : "训练中"),
      stopped: (n) => (n ? `提前停止（第 ${n} 轮后）` : "提前停止"),
      finished: (n) => (n ? `训练完成（第 ${n} 轮后）` : "训练完成"),
      exception: (n) => (n ? `异常中断（第 ${n} 轮后）` : "异常中断"),
    },
    reduced: (times, n) =>
      times === 1
        ? `学习率已降低 1 次（第 ${n} 轮起）`
        : `学习率已降低 ${times} 次（最近一次从第 ${n} 轮起）`,
    reduction: "学习率降低",
    stop: "提前停止",
    error: "异常中断",
    notFinite: "非有限值",
    latest: "最新值",
    run: "名称",
    allEpochs: "逐轮数值",
    onlyTheLast: (rows, all) =>
      `共 ${all} 轮，这里只显示最后 ${rows} 轮。要保存全部记录，可用 CSVLogger。`,
  },
};

/** Return the first of these languages, such as "ko-KR", that the page speaks; English if none. */
export function spoken(languages) {
  const known = languages.map((language) => language?.slice(0, 2).toLowerCase());
  return known.find((language) => language in WORDS) ?? "en";
}

export function nameOf(run, words) {
  return run.name ?? words.nameless(run.number);
}

/** Say how a run goes; people count epochs from 1. */
export function stateOf(run, words) {
  const hasEpoch = run.epochs.length > 0;
  const epoch = run.end?.epoch ?? run.epochs.at(-1);
  return words.state[run.end?.reason ?? "training"](hasEpoch ? epoch + 1 : null);
}
