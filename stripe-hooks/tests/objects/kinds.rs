//! One function for each kind of object that an event carries.

use serde_json::Value;
use stripe_hooks::{DecodeError, Object, objects};

/// Decodes, and gives back what it serialises to, after the ways that must agree were seen to agree.
pub(crate) type DecodeFn = fn(&str) -> Result<Value, DecodeError>;

fn decode_to_json<T>(json: &str) -> Result<Value, DecodeError>
where
    T: Object + Clone + PartialEq + std::fmt::Debug + serde::Serialize + serde::de::DeserializeOwned,
{
    let decoded = T::decode(json);
    let through_serde = serde_json::from_str::<T>(json);
    assert_eq!(decoded.is_ok(), through_serde.is_ok(), "{decoded:?} {through_serde:?}");
    if let Err(error) = through_serde {
        assert!(!error.to_string().contains("s3cr3t"), "serde's error repeats what it read: {error}");
    }
    let object = decoded?;
    let written = serde_json::to_string(&object).unwrap();
    assert_eq!(T::decode(&written).unwrap(), object, "what was written reads differently: {written}");
    assert_eq!(object.clone(), object);
    Ok(serde_json::from_str(&written).unwrap())
}

macro_rules! decoders {
    ($($name:ident)*) => {
        /// Every kind by its Rust name.
        pub(crate) const KINDS: &[(&str, DecodeFn)] = &[$((stringify!($name), decode_to_json::<objects::$name>)),*];
    };
}

decoders! {
    Account Application ApplicationFee AppsInstall Balance BalanceSettings BankAccount BillingAlertTriggered
    BillingCreditBalanceTransaction BillingCreditGrant BillingMeter BillingPortalConfiguration
    BillingPortalSession Capability Card CashBalance Charge CheckoutSession ClimateOrder ClimateProduct
    Coupon CreditNote Customer CustomerCashBalanceTransaction CustomerSource Discount Dispute
    EntitlementsActiveEntitlementSummary ExternalAccount FeeRefund File FinancialConnectionsAccount
    FinancialConnectionsAuthorization IdentityVerificationSession Invoice InvoiceItem InvoicePayment
    IssuingAuthorization IssuingCard IssuingCardholder IssuingDispute IssuingPersonalizationDesign
    IssuingToken IssuingTransaction Mandate PaymentIntent PaymentLink PaymentMethod Payout Person Plan Price
    Product PromotionCode Quote RadarEarlyFraudWarning Refund ReportingReportRun ReportingReportType
    ReserveHold ReservePlan ReserveRelease Review ScheduledQueryRun SetupIntent Source
    SourceMandateNotification SourceTransaction Subscription SubscriptionSchedule TaxId TaxRate TaxSettings
    TerminalReader TestHelpersTestClock ThreeDSecureAuthentication Topup Transfer TreasuryCreditReversal
    TreasuryDebitReversal TreasuryFinancialAccount TreasuryInboundTransfer TreasuryOutboundPayment
    TreasuryOutboundTransfer TreasuryReceivedCredit TreasuryReceivedDebit
}

pub(crate) fn decoder_named(rust_name: &str) -> DecodeFn {
    KINDS
        .iter()
        .find(|(name, _)| *name == rust_name)
        .unwrap_or_else(|| panic!("{rust_name} is not in the list"))
        .1
}
