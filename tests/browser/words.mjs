// Where the journeys find things: every selector of the browser tests is here.
// Fields are found by name, actions and results by `data-testid`.

const testId = (name) => (page) => page.getByTestId(name);
const field = (name) => (page) => page.locator(`[name="${name}"]:visible`);

export const login = {
  phone: field("phone"),
  askForCode: testId("ask-code"),
  demoCode: testId("demo-code"),
  code: field("code"),
  enter: testId("enter"),
};

export const offers = {
  cards: (page) => page.locator('main a[href^="/promotions/"]'),
  search: field("q"),
  find: testId("filter"),
  district: field("district"),
};

export const round = {
  claim: testId("claim"),
  /** The wish to be claimed for at the opening. */
  atOpening: testId("claim-at-opening"),
  /** Where the resident stands, in the waiting room or in the line. */
  line: testId("line"),
  /** The link to the voucher that a claim brought. */
  voucher: (page) => page.locator('main a[href^="/wallet/"]').first(),
};

export const draw = {
  enter: testId("enter-draw"),
  /** What became of one's own entry; `data-state` tells it to programs. */
  entry: testId("entry"),
  entryName: testId("entry-name"),
  claim: testId("claim"),
  check: testId("check-draw"),
  checkResult: testId("check-result"),
  checkLines: (page) => page.locator(".draw-checks li"),
  value: field("value"),
  next: testId("draw-value"),
  again: field("public_value_again"),
  hold: testId("hold-draw"),
};

export const wallet = {
  offline: testId("offline-summary"),
  offlineQr: testId("offline-qr"),
  vouchers: (page) => page.locator('main a[href^="/wallet/"]'),
  picture: testId("qr"),
  typedCode: testId("typed-code"),
  receiptCode: testId("receipt-code"),
  frozen: testId("frozen"),
};

export const till = {
  code: field("code"),
  order: field("order"),
  last4: field("last4"),
  secondLast4: field("second_last4"),
  preview: testId("preview"),
  subsidy: testId("subsidy"),
  confirm: testId("confirm"),
  refusal: testId("refusal"),
  receiptCode: testId("receipt-code"),
  second: field("second"),
  secondVoucher: testId("second-voucher"),
  payable: testId("payable"),
  sameOrder: testId("same-order"),
  discount: field("discount"),
  discounted: testId("discount"),
  undo: testId("undo"),
  undoSaid: testId("undo-said"),
  saleState: testId("sale-state"),
  sound: testId("sound"),
};

export const offline = {
  outlet: field("outlet_id"),
  redemptions: field("redemptions"),
  allow: testId("allow-offline"),
  /** Its script runs. */
  started: (page) => page.locator('[data-offline-till][data-started="yes"]'),
  state: testId("offline-state"),
  code: testId("offline-code"),
  order: testId("offline-order"),
  test: testId("offline-test"),
  confirm: testId("offline-confirm"),
  noted: testId("offline-noted"),
  sale: testId("offline-sale"),
  risk: (page) => page.locator("[data-case]"),
  reason: (page) => page.locator('form:has([data-testid="clear"]) [name="reason"]'),
  clear: testId("clear"),
  /** Opens what a freeze costs. */
  freezes: testId("freeze-more"),
  freezeReason: (page) => page.locator('form:has([data-testid="freeze"]) [name="reason"]'),
  freeze: testId("freeze"),
  held: testId("held"),
};

export const crew = {
  role: (page) => page.locator('form:has([data-testid="invite"]) [name="role"]'),
  outlet: (page, id) => page.locator(`form:has([data-testid="invite"]) [name="outlets[]"][value="${id}"]`),
  invite: testId("invite"),
  picture: testId("invitation-qr"),
  link: testId("invitation-link"),
  invitedAs: testId("invited-as"),
  signIn: testId("sign-in"),
  name: field("name"),
  accept: testId("accept"),
  line: (page, name) => page.locator("[data-person]", { hasText: name }),
  change: (line) => line.locator("summary"),
  remove: (line) => line.getByTestId("remove-person"),
  till: (page, name) => page.locator("[data-till]", { hasText: name }),
  switch: (line) => line.getByTestId("switch-till"),
  rule: (page, outlet) => page.locator(`[data-rule="${outlet}"]`),
  changeRule: (line) => line.getByTestId("change-rule"),
  enrolment: testId("enrolment"),
  enrol: testId("enrol"),
  ownTill: testId("own-till"),
  clerkAndTill: testId("clerk-and-till"),
};

export const refund = {
  sale: (page) => page.locator('main a[href^="/shop/redemptions/"]').first(),
  amount: field("refund"),
  next: testId("refund-preview"),
  forResident: testId("resident-refund"),
  reason: field("reason"),
  confirm: testId("refund-confirm"),
  refunded: testId("refunded"),
  subsidyBack: testId("subsidy-back"),
};

export const statement = {
  agrees: testId("agrees"),
  nothing: testId("no-lines"),
  total: (page, column) => page.locator(`[data-total="${column}"]`),
  cell: (page, outlet, day, column) =>
    page.locator(`[data-outlet="${outlet}"] [data-day="${day}"] [data-column="${column}"]`),
};

export const post = {
  begin: testId("new-promotion"),
  title: field("post[title]"),
  price: field("post[price_text]"),
  text: field("post[text]"),
  link: field("post[link]"),
  from: (page) => page.locator('[name^="post[hours_from]"]'),
  to: (page) => page.locator('[name^="post[hours_to]"]'),
  save: testId("save"),
  photos: field("photo"),
  addPhotos: testId("add-photos"),
  ownPhotos: (page) => page.getByTestId("own-photos").locator("img"),
  preview: testId("preview"),
  submit: testId("submit"),
  withdraw: testId("withdraw"),
  edit: testId("edit"),
  reason: testId("reason"),
  state: testId("promotion-state"),
  revision: testId("revision-state"),
};

export const review = {
  waiting: testId("waiting"),
  approve: testId("approve"),
  reason: field("reason"),
  giveBack: testId("return"),
};

export const desk = {
  name: field("name"),
  identity: field("identity_no"),
  phone: field("phone"),
  check: testId("desk-check"),
  confirmation: testId("desk-confirm"),
  assist: testId("desk-assist"),
  slip: testId("slip"),
  code: testId("paper-code"),
  print: testId("print"),
  printAnew: testId("print-anew"),
};

export const join = {
  login: testId("join-login"),
  creditCode: field("credit_code"),
  name: field("name"),
  kind: field("kind"),
  next: testId("join-next"),
  /** What is wrong with a field. */
  fault: (page, name) => page.locator(`[data-fault="${name}"]`),
  outletName: field("outlet[name]"),
  district: field("outlet[district]"),
  address: field("outlet[address]"),
  days: (page, row) => page.locator(`[name="outlet[spans][${row}][days]"]`),
  start: (page, row) => page.locator(`[name="outlet[spans][${row}][start]"]`),
  end: (page, row) => page.locator(`[name="outlet[spans][${row}][end]"]`),
  saveOutlet: testId("join-save-outlet"),
  goOn: testId("join-go-on"),
  contactName: field("contact_name"),
  contactPhone: field("contact_phone"),
  agreed: field("agreed"),
  sign: testId("join-sign"),
  turnedDown: testId("join-turned-down"),
  again: testId("apply-again"),
  /** Where one's own merchant stands, while it is not simply live. */
  standing: testId("standing"),
};

export const merchantReview = {
  merchant: (page) => page.locator('main a[href^="/bureau/reviews/merchants/"]').first(),
  reason: field("reason"),
  decide: (page, decision) => page.getByTestId(`decide-${decision}`),
  nothing: testId("no-reviews"),
};

export const imports = {
  file: field("file"),
  upload: testId("import-upload"),
  state: testId("import-state"),
  bad: (page) => page.locator("[data-bad-row]"),
  refresh: testId("import-refresh"),
  confirm: testId("import-confirm"),
  skip: testId("import-skip"),
};

export const campaigns = {
  begin: testId("new-campaign"),
  save: testId("save-draft"),
  sentence: testId("sentence"),
  over: testId("over-budget"),
  state: testId("draft-state"),
  submit: testId("draft-submit"),
  publish: testId("draft-publish"),
  addRounds: testId("add-rounds"),
  extends: testId("extends"),
};

export const stats = {
  /** One number of a district's row: column is `claimed`, `redeemed`, … */
  cell: (page, district, column) =>
    page.locator(`[data-district="${district}"] [data-column="${column}"]`),
};

/** The page sets this on `<html>` once its islands are alive. */
export const HYDRATED = 'html[data-hydrated="yes"]';

export const settle = {
  make: testId("make-batch"),
  state: (page) => page.getByTestId("batch-state").first(),
  step: (page, step) => page.getByTestId(`step-${step}`),
  bankReference: field("bank_reference"),
  bankFile: field("file"),
  result: testId("bank-result"),
  /** The merchant's newest batch. */
  own: (page) => page.locator(".settle-card").first(),
  confirm: testId("confirm-batch"),
};
