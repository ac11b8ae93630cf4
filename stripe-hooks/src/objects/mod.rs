//! Tags.

/// Off.
#[derive(Debug)]
pub enum Account {}
/// Off.
#[derive(Debug)]
pub enum Application {}
/// Off.
#[derive(Debug)]
pub enum ApplicationFee {}
/// Off.
#[derive(Debug)]
pub enum AppsInstall {}
/// Off.
#[derive(Debug)]
pub enum Balance {}
/// Off.
#[derive(Debug)]
pub enum BalanceSettings {}
/// Off.
#[derive(Debug)]
pub enum BalanceTransaction {}
/// Off.
#[derive(Debug)]
pub enum BalanceTransactionSource {}
/// Off.
#[derive(Debug)]
pub enum BankAccount {}
/// Off.
#[derive(Debug)]
pub enum BillingAlertTriggered {}
/// Off.
#[derive(Debug)]
pub enum BillingCreditBalanceTransaction {}
/// Off.
#[derive(Debug)]
pub enum BillingCreditGrant {}
/// Off.
#[derive(Debug)]
pub enum BillingFeedbackOption {}
/// Off.
#[derive(Debug)]
pub enum BillingMeter {}
/// Off.
#[derive(Debug)]
pub enum BillingPortalConfiguration {}
/// Off.
#[derive(Debug)]
pub enum BillingPortalSession {}
/// Off.
#[derive(Debug)]
pub enum Capability {}
/// Off.
#[derive(Debug)]
pub enum Card {}
/// Off.
#[derive(Debug)]
pub enum CashBalance {}
/// Off.
#[derive(Debug)]
pub enum Charge {}
/// Off.
#[derive(Debug)]
pub enum ChargeOutcomeRule {}
/// Off.
#[derive(Debug)]
pub enum CheckoutSession {}
/// Off.
#[derive(Debug)]
pub enum ClimateOrder {}
/// Off.
#[derive(Debug)]
pub enum ClimateProduct {}
/// Off.
#[derive(Debug)]
pub enum Coupon {}
/// Off.
#[derive(Debug)]
pub enum CreditNote {}
/// Off.
#[derive(Debug)]
pub enum Customer {}
/// Off.
#[derive(Debug)]
pub enum CustomerBalanceTransaction {}
/// Off.
#[derive(Debug)]
pub enum CustomerCashBalanceTransaction {}
/// Off.
#[derive(Debug)]
pub enum CustomerSource {}
/// Off.
#[derive(Debug)]
pub enum Discount {}
/// Off.
#[derive(Debug)]
pub enum Dispute {}
/// Off.
#[derive(Debug)]
pub enum EntitlementsActiveEntitlementSummary {}
/// Off.
#[derive(Debug)]
pub enum EntitlementsFeature {}
/// Off.
#[derive(Debug)]
pub enum ExternalAccount {}
/// Off.
#[derive(Debug)]
pub enum FeeRefund {}
/// Off.
#[derive(Debug)]
pub enum File {}
/// Off.
#[derive(Debug)]
pub enum FinancialConnectionsAccount {}
/// Off.
#[derive(Debug)]
pub enum FinancialConnectionsAccountOwnership {}
/// Off.
#[derive(Debug)]
pub enum FinancialConnectionsAuthorization {}
/// Off.
#[derive(Debug)]
pub enum IdentityVerificationReport {}
/// Off.
#[derive(Debug)]
pub enum IdentityVerificationSession {}
/// Off.
#[derive(Debug)]
pub enum Invoice {}
/// Off.
#[derive(Debug)]
pub enum InvoiceItem {}
/// Off.
#[derive(Debug)]
pub enum InvoicePayment {}
/// Off.
#[derive(Debug)]
pub enum IssuingAuthorization {}
/// Off.
#[derive(Debug)]
pub enum IssuingCard {}
/// Off.
#[derive(Debug)]
pub enum IssuingCardholder {}
/// Off.
#[derive(Debug)]
pub enum IssuingDispute {}
/// Off.
#[derive(Debug)]
pub enum IssuingPersonalizationDesign {}
/// Off.
#[derive(Debug)]
pub enum IssuingPhysicalBundle {}
/// Off.
#[derive(Debug)]
pub enum IssuingToken {}
/// Off.
#[derive(Debug)]
pub enum IssuingTransaction {}
/// Off.
#[derive(Debug)]
pub enum Mandate {}
/// Off.
#[derive(Debug)]
pub enum PaymentIntent {}
/// Off.
#[derive(Debug)]
pub enum PaymentLink {}
/// Off.
#[derive(Debug)]
pub enum PaymentMethod {}
/// Off.
#[derive(Debug)]
pub enum PaymentRecord {}
/// Off.
#[derive(Debug)]
pub enum PaymentSource {}
/// Off.
#[derive(Debug)]
pub enum Payout {}
/// Off.
#[derive(Debug)]
pub enum Person {}
/// Off.
#[derive(Debug)]
pub enum Plan {}
/// Off.
#[derive(Debug)]
pub enum Price {}
/// Off.
#[derive(Debug)]
pub enum Product {}
/// Off.
#[derive(Debug)]
pub enum PromotionCode {}
/// Off.
#[derive(Debug)]
pub enum Quote {}
/// Off.
#[derive(Debug)]
pub enum RadarEarlyFraudWarning {}
/// Off.
#[derive(Debug)]
pub enum Refund {}
/// Off.
#[derive(Debug)]
pub enum ReportingReportRun {}
/// Off.
#[derive(Debug)]
pub enum ReportingReportType {}
/// Off.
#[derive(Debug)]
pub enum ReserveHold {}
/// Off.
#[derive(Debug)]
pub enum ReservePlan {}
/// Off.
#[derive(Debug)]
pub enum ReserveRelease {}
/// Off.
#[derive(Debug)]
pub enum Review {}
/// Off.
#[derive(Debug)]
pub enum ScheduledQueryRun {}
/// Off.
#[derive(Debug)]
pub enum SetupAttempt {}
/// Off.
#[derive(Debug)]
pub enum SetupIntent {}
/// Off.
#[derive(Debug)]
pub enum ShippingRate {}
/// Off.
#[derive(Debug)]
pub enum Source {}
/// Off.
#[derive(Debug)]
pub enum SourceMandateNotification {}
/// Off.
#[derive(Debug)]
pub enum SourceTransaction {}
/// Off.
#[derive(Debug)]
pub enum Subscription {}
/// Off.
#[derive(Debug)]
pub enum SubscriptionSchedule {}
/// Off.
#[derive(Debug)]
pub enum TaxCode {}
/// Off.
#[derive(Debug)]
pub enum TaxId {}
/// Off.
#[derive(Debug)]
pub enum TaxRate {}
/// Off.
#[derive(Debug)]
pub enum TaxSettings {}
/// Off.
#[derive(Debug)]
pub enum TerminalLocation {}
/// Off.
#[derive(Debug)]
pub enum TerminalReader {}
/// Off.
#[derive(Debug)]
pub enum TestHelpersTestClock {}
/// Off.
#[derive(Debug)]
pub enum ThreeDSecureAuthentication {}
/// Off.
#[derive(Debug)]
pub enum Topup {}
/// Off.
#[derive(Debug)]
pub enum Transfer {}
/// Off.
#[derive(Debug)]
pub enum TransferReversal {}
/// Off.
#[derive(Debug)]
pub enum TreasuryCreditReversal {}
/// Off.
#[derive(Debug)]
pub enum TreasuryDebitReversal {}
/// Off.
#[derive(Debug)]
pub enum TreasuryFinancialAccount {}
/// Off.
#[derive(Debug)]
pub enum TreasuryInboundTransfer {}
/// Off.
#[derive(Debug)]
pub enum TreasuryOutboundPayment {}
/// Off.
#[derive(Debug)]
pub enum TreasuryOutboundTransfer {}
/// Off.
#[derive(Debug)]
pub enum TreasuryReceivedCredit {}
/// Off.
#[derive(Debug)]
pub enum TreasuryReceivedDebit {}
/// Off.
#[derive(Debug)]
pub enum TreasuryTransaction {}
impl crate::fields::Deletable for Account {}
impl crate::fields::Deletable for Application {}
impl crate::fields::Deletable for BankAccount {}
impl crate::fields::Deletable for Card {}
impl crate::fields::Deletable for Coupon {}
impl crate::fields::Deletable for Customer {}
impl crate::fields::Deletable for Discount {}
impl crate::fields::Deletable for Invoice {}
impl crate::fields::Deletable for InvoiceItem {}
impl crate::fields::Deletable for Person {}
impl crate::fields::Deletable for Plan {}
impl crate::fields::Deletable for Price {}
impl crate::fields::Deletable for Product {}
impl crate::fields::Deletable for TaxId {}
impl crate::fields::Deletable for TerminalReader {}
impl crate::fields::Deletable for TestHelpersTestClock {}
