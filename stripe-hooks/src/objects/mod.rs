//! The objects that events carry.

use crate::fields::Raw;

/// What an event may carry.
pub trait Object: Sized + Send + Sync + 'static {
    /// Reads the object from its JSON.
    ///
    /// # Errors
    /// When the JSON does not fit.
    fn decode(json: &str) -> Result<Self, DecodeError>;
}

/// Where an object did not fit.
#[derive(Debug)]
pub struct DecodeError(String);

impl DecodeError {
    /// The place in the object.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("does not fit")
    }
}

impl std::error::Error for DecodeError {}

/// An object.
#[derive(Debug, Clone)]
pub struct Account(pub Raw);
impl Object for Account {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct Application(pub Raw);
impl Object for Application {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct ApplicationFee(pub Raw);
impl Object for ApplicationFee {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct AppsInstall(pub Raw);
impl Object for AppsInstall {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct Balance(pub Raw);
impl Object for Balance {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct BalanceSettings(pub Raw);
impl Object for BalanceSettings {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct BillingAlertTriggered(pub Raw);
impl Object for BillingAlertTriggered {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct BillingCreditBalanceTransaction(pub Raw);
impl Object for BillingCreditBalanceTransaction {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct BillingCreditGrant(pub Raw);
impl Object for BillingCreditGrant {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct BillingMeter(pub Raw);
impl Object for BillingMeter {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct BillingPortalConfiguration(pub Raw);
impl Object for BillingPortalConfiguration {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct BillingPortalSession(pub Raw);
impl Object for BillingPortalSession {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct Capability(pub Raw);
impl Object for Capability {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct CashBalance(pub Raw);
impl Object for CashBalance {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct Charge(pub Raw);
impl Object for Charge {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct CheckoutSession(pub Raw);
impl Object for CheckoutSession {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct ClimateOrder(pub Raw);
impl Object for ClimateOrder {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct ClimateProduct(pub Raw);
impl Object for ClimateProduct {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct Coupon(pub Raw);
impl Object for Coupon {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct CreditNote(pub Raw);
impl Object for CreditNote {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct Customer(pub Raw);
impl Object for Customer {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct CustomerCashBalanceTransaction(pub Raw);
impl Object for CustomerCashBalanceTransaction {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct CustomerSource(pub Raw);
impl Object for CustomerSource {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct Discount(pub Raw);
impl Object for Discount {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct Dispute(pub Raw);
impl Object for Dispute {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct EntitlementsActiveEntitlementSummary(pub Raw);
impl Object for EntitlementsActiveEntitlementSummary {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct ExternalAccount(pub Raw);
impl Object for ExternalAccount {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct FeeRefund(pub Raw);
impl Object for FeeRefund {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct File(pub Raw);
impl Object for File {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct FinancialConnectionsAccount(pub Raw);
impl Object for FinancialConnectionsAccount {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct FinancialConnectionsAuthorization(pub Raw);
impl Object for FinancialConnectionsAuthorization {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct IdentityVerificationSession(pub Raw);
impl Object for IdentityVerificationSession {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct Invoice(pub Raw);
impl Object for Invoice {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct InvoiceItem(pub Raw);
impl Object for InvoiceItem {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct InvoicePayment(pub Raw);
impl Object for InvoicePayment {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct IssuingAuthorization(pub Raw);
impl Object for IssuingAuthorization {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct IssuingCard(pub Raw);
impl Object for IssuingCard {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct IssuingCardholder(pub Raw);
impl Object for IssuingCardholder {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct IssuingDispute(pub Raw);
impl Object for IssuingDispute {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct IssuingPersonalizationDesign(pub Raw);
impl Object for IssuingPersonalizationDesign {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct IssuingToken(pub Raw);
impl Object for IssuingToken {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct IssuingTransaction(pub Raw);
impl Object for IssuingTransaction {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct Mandate(pub Raw);
impl Object for Mandate {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct PaymentIntent(pub Raw);
impl Object for PaymentIntent {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct PaymentLink(pub Raw);
impl Object for PaymentLink {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct PaymentMethod(pub Raw);
impl Object for PaymentMethod {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct Payout(pub Raw);
impl Object for Payout {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct Person(pub Raw);
impl Object for Person {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct Plan(pub Raw);
impl Object for Plan {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct Price(pub Raw);
impl Object for Price {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct Product(pub Raw);
impl Object for Product {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct PromotionCode(pub Raw);
impl Object for PromotionCode {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct Quote(pub Raw);
impl Object for Quote {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct RadarEarlyFraudWarning(pub Raw);
impl Object for RadarEarlyFraudWarning {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct Refund(pub Raw);
impl Object for Refund {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct ReportingReportRun(pub Raw);
impl Object for ReportingReportRun {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct ReportingReportType(pub Raw);
impl Object for ReportingReportType {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct ReserveHold(pub Raw);
impl Object for ReserveHold {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct ReservePlan(pub Raw);
impl Object for ReservePlan {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct ReserveRelease(pub Raw);
impl Object for ReserveRelease {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct Review(pub Raw);
impl Object for Review {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct ScheduledQueryRun(pub Raw);
impl Object for ScheduledQueryRun {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct SetupIntent(pub Raw);
impl Object for SetupIntent {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct Source(pub Raw);
impl Object for Source {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct SourceMandateNotification(pub Raw);
impl Object for SourceMandateNotification {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct SourceTransaction(pub Raw);
impl Object for SourceTransaction {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct Subscription(pub Raw);
impl Object for Subscription {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct SubscriptionSchedule(pub Raw);
impl Object for SubscriptionSchedule {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct TaxId(pub Raw);
impl Object for TaxId {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct TaxRate(pub Raw);
impl Object for TaxRate {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct TaxSettings(pub Raw);
impl Object for TaxSettings {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct TerminalReader(pub Raw);
impl Object for TerminalReader {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct TestHelpersTestClock(pub Raw);
impl Object for TestHelpersTestClock {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct ThreeDSecureAuthentication(pub Raw);
impl Object for ThreeDSecureAuthentication {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct Topup(pub Raw);
impl Object for Topup {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct Transfer(pub Raw);
impl Object for Transfer {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct TreasuryCreditReversal(pub Raw);
impl Object for TreasuryCreditReversal {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct TreasuryDebitReversal(pub Raw);
impl Object for TreasuryDebitReversal {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct TreasuryFinancialAccount(pub Raw);
impl Object for TreasuryFinancialAccount {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct TreasuryInboundTransfer(pub Raw);
impl Object for TreasuryInboundTransfer {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct TreasuryOutboundPayment(pub Raw);
impl Object for TreasuryOutboundPayment {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct TreasuryOutboundTransfer(pub Raw);
impl Object for TreasuryOutboundTransfer {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct TreasuryReceivedCredit(pub Raw);
impl Object for TreasuryReceivedCredit {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
/// An object.
#[derive(Debug, Clone)]
pub struct TreasuryReceivedDebit(pub Raw);
impl Object for TreasuryReceivedDebit {
    fn decode(json: &str) -> Result<Self, DecodeError> {
        Ok(Self(Raw::from_body(bytes::Bytes::copy_from_slice(json.as_bytes()))))
    }
}
