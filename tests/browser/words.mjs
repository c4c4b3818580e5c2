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
  vouchers: (page) => page.locator('main a[href^="/wallet/"]'),
  picture: testId("qr"),
  typedCode: testId("typed-code"),
  receiptCode: testId("receipt-code"),
};

export const till = {
  code: field("code"),
  order: field("order"),
  last4: field("last4"),
  preview: testId("preview"),
  subsidy: testId("subsidy"),
  confirm: testId("confirm"),
  refusal: testId("refusal"),
  receiptCode: testId("receipt-code"),
  discount: field("discount"),
  discounted: testId("discount"),
  undo: testId("undo"),
  undoSaid: testId("undo-said"),
  saleState: testId("sale-state"),
  sound: testId("sound"),
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
  /** Where one's own merchant stands, while it is not simply live. */
  standing: testId("standing"),
};

export const review = {
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

export const stats = {
  /** One number of a district's row: column is `claimed`, `redeemed`, … */
  cell: (page, district, column) =>
    page.locator(`[data-district="${district}"] [data-column="${column}"]`),
};

/** The page sets this on `<html>` once its islands are alive. */
export const HYDRATED = 'html[data-hydrated="yes"]';
