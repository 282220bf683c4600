//! `slots.json`: the content key, wrapped once for every code and password that opens the gallery.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rayon::prelude::*;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::stretch::{Iterations, Stretched};
use crate::access::keys::{VERSION, pae};
use crate::access::{ContentKey, Keys, Scope};

/// The most bytes that are read of a `slots.json`: some 40,000 slots.
pub const SLOTS_LIMIT: usize = 4 << 20;

const KDF: &str = "PBKDF2-SHA256";

type Id = [u8; 16];
/// The content key and the tag that authenticates it.
type Wrapped = [u8; 48];

/// The file `slots.json` of one scope: a slot for each of `secrets` (the 16 symbols of codes, and passwords in their normal
/// form), filled up to a multiple of eight. `chosen` says that not every secret is a code.
pub fn slots_file(keys: &Keys, scope: &Scope, secrets: &[&[u8]], chosen: bool, iterations: Iterations) -> Vec<u8> {
    let mut secrets = secrets.to_vec();
    secrets.sort_unstable();
    secrets.dedup();
    let salt = keys.password_salt(scope);
    let content = keys.content_key(scope);
    let wrap = |secret: &&[u8]| {
        let slot = SlotKey::new(secret, &salt, iterations);
        (slot.id, slot.wrap(&content))
    };
    let mut slots: Vec<(Id, Wrapped)> = secrets.par_iter().map(wrap).collect();
    let missing = slots.len().next_multiple_of(8) - slots.len();
    slots.extend((0..missing as u32).map(|number| keys.dummy_slot(scope, number)));
    slots.sort_unstable();
    Slots { iterations, salt, chosen, slots }.to_bytes()
}

/// What a code or password gives for one `slots.json`: where its slot is, and what unwraps it.
struct SlotKey {
    id: Id,
    key: LessSafeKey,
    bound: Vec<u8>,
}

impl SlotKey {
    fn new(secret: &[u8], salt: &[u8; 16], iterations: Iterations) -> Self {
        let stretched = Stretched::new(secret, salt, iterations);
        let id: Id = stretched.part("slot-id");
        let key: Zeroizing<[u8; 32]> = Zeroizing::new(stretched.part("slot-kek"));
        #[expect(clippy::expect_used, reason = "the error is for keys of another length")]
        let key = UnboundKey::new(&AES_256_GCM, key.as_slice()).expect("the key has 32 bytes");
        let bound = pae(&[VERSION, b"slot", &iterations.get().to_be_bytes(), salt, &id]);
        Self { id, key: LessSafeKey::new(key), bound }
    }

    /// Each key wraps one thing, so its nonce is always zero.
    fn nonce() -> Nonce {
        Nonce::assume_unique_for_key([0; 12])
    }

    fn wrap(&self, content: &ContentKey) -> Wrapped {
        let mut wrapped = [0; 48];
        let (key, tag) = wrapped.split_at_mut(32);
        key.copy_from_slice(content.expose_bytes());
        #[expect(clippy::expect_used, reason = "the error is for more than 64 GiB")]
        let made = self
            .key
            .seal_in_place_separate_tag(Self::nonce(), Aad::from(&self.bound), key)
            .expect("32 bytes are short enough");
        tag.copy_from_slice(made.as_ref());
        wrapped
    }

    fn unwrap(&self, wrapped: &Wrapped) -> Option<ContentKey> {
        let mut bytes = Zeroizing::new(*wrapped);
        let opened = self.key.open_in_place(Self::nonce(), Aad::from(&self.bound), bytes.as_mut_slice()).ok()?;
        Some(ContentKey::new((&*opened).try_into().ok()?))
    }
}

/// Why a `slots.json` is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlotsFault {
    /// It is larger than [`SLOTS_LIMIT`].
    TooLarge,
    /// It is not JSON of this form; where and why.
    Form(String),
    /// It is of another version.
    Version(u32),
    /// It asks for fewer or more iterations than are accepted, or another way to stretch.
    Stretching,
    /// A salt, an id or a key is not base64 of the right length.
    Base64,
    /// The slots are not in order, or not a multiple of eight.
    Slots,
    /// It says the same in another spelling than the one that is written.
    Spelling,
}

impl fmt::Display for SlotsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => write!(f, "is larger than {SLOTS_LIMIT} bytes"),
            Self::Form(why) => write!(f, "is not a table of slots: {why}"),
            Self::Version(version) => write!(f, "is of version {version}, which this program does not read"),
            Self::Stretching => write!(
                f,
                "asks for another stretching than PBKDF2-SHA256 with {} to {} iterations",
                Iterations::LEAST,
                Iterations::MOST
            ),
            Self::Base64 => f.write_str("has a salt, an id or a key that is not base64 of the right length"),
            Self::Slots => f.write_str("has slots that are not in order, or not a multiple of eight"),
            Self::Spelling => f.write_str("is not spelled as it is written"),
        }
    }
}

impl std::error::Error for SlotsFault {}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    v: u32,
    kdf: String,
    iterations: u32,
    salt: String,
    chosen: bool,
    slots: Vec<(String, String)>,
}

/// A `slots.json` that was read.
#[derive(Clone)]
pub struct Slots {
    iterations: Iterations,
    salt: [u8; 16],
    chosen: bool,
    slots: Vec<(Id, Wrapped)>,
}

impl Slots {
    /// Reads the bytes of a `slots.json`, which must be spelled exactly as [`slots_file`] spells it.
    ///
    /// # Errors
    /// Anything else; see [`SlotsFault`].
    pub fn read(bytes: &[u8]) -> Result<Self, SlotsFault> {
        if bytes.len() > SLOTS_LIMIT {
            return Err(SlotsFault::TooLarge);
        }
        let form: Form = serde_json::from_slice(bytes).map_err(|error| SlotsFault::Form(error.to_string()))?;
        if form.v != 1 {
            return Err(SlotsFault::Version(form.v));
        }
        let iterations = Iterations::new(form.iterations).filter(|_| form.kdf == KDF).ok_or(SlotsFault::Stretching)?;
        let salt = decode(&form.salt)?;
        let slots: Vec<(Id, Wrapped)> =
            form.slots.iter().map(|(id, wrapped)| Ok((decode(id)?, decode(wrapped)?))).collect::<Result<_, _>>()?;
        if !slots.len().is_multiple_of(8) || !slots.is_sorted_by(|one, next| one.0 < next.0) {
            return Err(SlotsFault::Slots);
        }
        let read = Self { iterations, salt, chosen: form.chosen, slots };
        if read.to_bytes() == bytes { Ok(read) } else { Err(SlotsFault::Spelling) }
    }

    /// The content key, if `secret` (a code's 16 symbols, or a password in its normal form) opens one of the slots.
    pub fn open(&self, secret: &[u8]) -> Option<ContentKey> {
        let key = SlotKey::new(secret, &self.salt, self.iterations);
        let (_, wrapped) = self.slots.iter().find(|(id, _)| id.ct_eq(&key.id).into())?;
        key.unwrap(wrapped)
    }

    /// How often a secret is hashed.
    pub fn iterations(&self) -> Iterations {
        self.iterations
    }

    /// Whether some secret is a password that was chosen, so that not everything typed is a code.
    pub fn chosen(&self) -> bool {
        self.chosen
    }

    /// How many slots there are, those included that nothing opens.
    pub fn count(&self) -> usize {
        self.slots.len()
    }

    fn to_bytes(&self) -> Vec<u8> {
        let slots =
            self.slots.iter().map(|(id, wrapped)| (URL_SAFE_NO_PAD.encode(id), URL_SAFE_NO_PAD.encode(wrapped)));
        let form = Form {
            v: 1,
            kdf: KDF.to_owned(),
            iterations: self.iterations.get(),
            salt: URL_SAFE_NO_PAD.encode(self.salt),
            chosen: self.chosen,
            slots: slots.collect(),
        };
        #[expect(clippy::expect_used, reason = "the error is for maps whose keys are no text")]
        serde_json::to_vec(&form).expect("texts, numbers and lists are JSON")
    }
}

impl fmt::Debug for Slots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slots({} of them)", self.slots.len())
    }
}

/// Reads base64url without padding, in its one spelling.
fn decode<const LENGTH: usize>(text: &str) -> Result<[u8; LENGTH], SlotsFault> {
    URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(SlotsFault::Base64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Mode, Secret};

    fn keys() -> Keys {
        Keys::new(&Secret::of_published_vectors())
    }

    fn scope() -> Scope {
        Scope {
            gallery: "k3v9q2m7t4xa".parse().unwrap(),
            audience: "guests".to_owned(),
            mode: Mode::Sealed,
            epoch: 1,
            password_tag: None,
            dead: Default::default(),
        }
    }

    fn file(secrets: &[&[u8]], iterations: Iterations) -> Vec<u8> {
        slots_file(&keys(), &scope(), secrets, false, iterations)
    }

    /// Slots that cost nothing to try.
    fn quick(secrets: &[&[u8]]) -> Slots {
        let text = String::from_utf8(file(secrets, Iterations::few())).unwrap();
        let mut slots = Slots::read(text.replace("\"iterations\":1,", "\"iterations\":600000,").as_bytes()).unwrap();
        slots.iterations = Iterations::few();
        slots
    }

    #[test]
    fn every_secret_opens_and_no_other_does_and_the_number_tells_little() {
        let secrets: Vec<Vec<u8>> = (0..20).map(|number| format!("secret {number}").into_bytes()).collect();
        for count in 0..secrets.len() {
            let given: Vec<&[u8]> = secrets[..count].iter().map(Vec::as_slice).collect();
            let slots = quick(&given);
            assert_eq!(slots.count(), count.next_multiple_of(8));
            assert!(given.iter().all(|secret| slots.open(secret).is_some()));
            assert!(secrets[count..].iter().all(|secret| slots.open(secret).is_none()));
        }
    }

    #[test]
    fn the_key_that_comes_out_is_the_one_that_went_in() {
        let key = quick(&[b"one", b"two"]).open(b"two").unwrap();
        assert_eq!(key.expose_bytes(), keys().sealing(&scope()).content_key().expose_bytes());
    }

    #[test]
    fn a_slot_opens_only_as_it_was_made() {
        let made = quick(&[b"one"]);
        let id = SlotKey::new(b"one", &made.salt, made.iterations).id;
        let at = made.slots.iter().position(|slot| slot.0 == id).unwrap();
        for place in 0..48 {
            let mut damaged = made.clone();
            damaged.slots[at].1[place] ^= 1;
            assert!(damaged.open(b"one").is_none());
        }
        let mut swapped = made.clone();
        swapped.slots[at].1 = made.slots[(at + 1) % 8].1;
        assert!(swapped.open(b"one").is_none());
        let mut salted = made.clone();
        salted.salt[0] ^= 1;
        assert!(salted.open(b"one").is_none());
    }

    #[test]
    fn anything_but_what_is_written_is_refused_with_its_reason() {
        let good = String::from_utf8(file(&[b"one"], Iterations::few())).unwrap();
        let good = good.replace("\"iterations\":1,", "\"iterations\":600000,");
        let fault = |text: &str| Slots::read(text.as_bytes()).unwrap_err();
        let with = |from: &str, to: &str| {
            assert!(good.contains(from), "{from}");
            fault(&good.replacen(from, to, 1))
        };
        assert!(Slots::read(good.as_bytes()).is_ok());
        assert_eq!(with("\"v\":1", "\"v\":2"), SlotsFault::Version(2));
        for count in ["0", "1", "599999", "10000001", "4294967295"] {
            assert_eq!(with("600000", count), SlotsFault::Stretching, "{count}");
        }
        assert!(Slots::read(good.replace("600000", "10000000").as_bytes()).is_ok());
        assert_eq!(with("PBKDF2-SHA256", "PBKDF2-SHA1"), SlotsFault::Stretching);
        assert!(matches!(with("600000", "1e6"), SlotsFault::Form(_)));
        assert!(matches!(with("600000", "-1"), SlotsFault::Form(_)));
        assert!(matches!(with("\"v\":1", "\"v\":1,\"w\":1"), SlotsFault::Form(_)));
        assert!(matches!(with("\"v\":1", "\"v\":1,\"v\":1"), SlotsFault::Form(_)));
        assert_eq!(with(",\"kdf\"", ", \"kdf\""), SlotsFault::Spelling);
        assert_eq!(with("PBKDF2", "\\u0050BKDF2"), SlotsFault::Spelling);
        assert_eq!(fault(&format!("{good}\n")), SlotsFault::Spelling);
        assert_eq!(fault(&" ".repeat(SLOTS_LIMIT + 1)), SlotsFault::TooLarge);

        // Each salt, id and key: other spellings of the same bytes, and other lengths.
        let salt = &good[good.find("\"salt\":\"").unwrap() + 8..][..22];
        for other in [&salt[..20], &format!("{salt}=="), &format!("{}{}", &salt[..21], "_"), "AAAA AAAAAAAAAAAAAAAAA"] {
            assert_eq!(with(salt, other), SlotsFault::Base64, "{other}");
        }
        let first = &good[good.find("[[").unwrap() + 1..][..93];
        assert!(first.starts_with("[\"") && first.ends_with("\"]"), "{first}");
        assert_eq!(with(&format!("{first},"), ""), SlotsFault::Slots, "seven of them");
        assert_eq!(with(&format!("{first},"), &format!("{first},").repeat(9)), SlotsFault::Slots, "one of them again");
        let rest = &good[good.find("[[").unwrap() + 1 + 93 + 1..good.len() - 2];
        assert_eq!(with(&format!("{first},{rest}"), &format!("{rest},{first}")), SlotsFault::Slots, "out of order");
    }

    #[test]
    fn nothing_shows_itself() {
        assert_eq!(format!("{:?}", quick(&[b"one"])), "Slots(8 of them)");
    }
}
