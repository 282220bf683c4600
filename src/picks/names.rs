//! Names of photos in the forms that photo programs take for a search.

/// The program that will take the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// Lightroom Classic: Library Filter, Text, "Filename", "Contains".
    Lightroom,
    /// Capture One: Edit, Select By, Filename List.
    CaptureOne,
}

/// The names without their endings, so that the RAW file is found by the name of its JPEG; each once, in order.
pub fn list<'n>(program: Program, names: impl IntoIterator<Item = &'n str>) -> String {
    let mut stems: Vec<&str> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for name in names {
        let stem = super::shelf::stem(name);
        if seen.insert(stem) {
            stems.push(stem);
        }
    }
    stems.join(match program {
        Program::Lightroom => ", ",
        // Its names may begin with a space.
        Program::CaptureOne => ",",
    })
}

/// Whether a program would take a name for several: Lightroom parts names at spaces, and both part them at commas.
pub fn is_parted(program: Program, name: &str) -> bool {
    name.contains(',') || program == Program::Lightroom && name.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_stands_once_and_without_ending() {
        let names = ["DSC_0042.NEF", "DSC_0042.jpg", "Ida 3.jpg", "v1.2"];
        assert_eq!(list(Program::Lightroom, names), "DSC_0042, Ida 3, v1.2");
        assert_eq!(list(Program::CaptureOne, names), "DSC_0042,Ida 3,v1.2");
        assert!(is_parted(Program::Lightroom, "Ida 3.jpg") && !is_parted(Program::CaptureOne, "Ida 3.jpg"));
        assert!(is_parted(Program::CaptureOne, "a,b.jpg") && !is_parted(Program::Lightroom, "a-b.jpg"));
    }
}
