//! What customers at numbered computers are called.

use std::collections::{BTreeMap, BTreeSet};

use beside_protocol::device::DeviceId;
use beside_protocol::ids::OperatorId;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::entity::session;
use super::records::customer_name_of;
use super::{Storage, StorageError};

impl Storage {
    /// By the numbers of computers the names that were last given there, to any of these operators, or to any at all; those
    /// at which none was given are left out. One look at an index for each.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn names_at(
        &self,
        devices: impl IntoIterator<Item = DeviceId>,
        operators: Option<&BTreeSet<OperatorId>>,
    ) -> Result<BTreeMap<String, String>, StorageError> {
        use session::Column::{CustomerName, Device, KnockedAt, OperatorId, Sid};
        let mut names = BTreeMap::new();
        for device in devices {
            let device = device.to_string();
            let mut last = session::Entity::find()
                .select_only()
                .columns([Sid, CustomerName])
                .filter(Device.eq(device.as_str()))
                .filter(CustomerName.is_not_null())
                .order_by_desc(KnockedAt)
                .order_by_desc(Sid);
            if let Some(operators) = operators {
                last = last.filter(OperatorId.is_in(operators.iter().map(beside_protocol::ids::OperatorId::as_str)));
            }
            let row: Option<(String, Option<String>)> = last.into_tuple().one(&self.database).await?;
            if let Some((sid, Some(sealed))) = row {
                self.know_keys([sealed.as_str()]).await?;
                let name = self.sealing.open(&sealed, &customer_name_of(&sid))?;
                names.insert(device, name.as_str().to_owned());
            }
        }
        Ok(names)
    }
}
